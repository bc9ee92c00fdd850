"""Spellings of one mailbox, where its mail goes, and what is no address."""

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as some

from mfaproject.lib import mailbox
from mfaproject.lib.idna2003 import went_to
from mfaproject.lib.mailbox import NotAnAddress

SPELLINGS = {
    "w@xn--bcher-kva.example": [
        "w@bücher.example",
        "W@BÜCHER.EXAMPLE",
        "w@bu\u0308cher.example",
        "w@ｂücher。example",
        "w@XN--Bcher-KVA.Example",
        "w@bücher.example.",
        " w@bücher.example ",
        '"w"@bücher.example',
    ],
    "q@xn--fa-hia.example": ["q@faß.example", "q@FAẞ.example", "q@xn--fa-hia.example"],
    "q@xn--nxasmm1c.example": ["q@βόλος.example", "q@ΒΌΛΟΣ.example".replace("Σ", "ς")],
    "alice@example.org": [
        "Alice@Example.ORG",
        "alice@example.org.",
        '"alice"@example.org',
        '"al\\ice"@example.org',
        "alice@ｅxample.org",
    ],
    '"a b"@example.org': ['"a b"@example.org', '"a\\ b"@EXAMPLE.org'],
    "a@[192.0.2.1]": ["a@[192.0.2.1]"],
    "a@[ipv6:2001:db8::1]": ["a@[IPv6:2001:DB8:0:0::1]", "a@[2001:db8::1]"],
    "jos\u00e9@example.org": ["jose\u0301@example.org", "JOS\u00c9@example.org"],
}


@pytest.mark.parametrize(
    ("key", "typed"), [(key, typed) for key, all_ in SPELLINGS.items() for typed in all_]
)
def test_spellings_of_one_mailbox_have_one_key(key: str, typed: str) -> None:
    assert mailbox.key(typed) == key
    assert mailbox.key(key) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("q@faß.example", "q@fass.example"),
        ("q@βόλος.example", "q@βόλοσ.example"),
        ("a@نامه\u200cای.example", "a@نامهای.example"),
        ("a.b@example.org", "ab@example.org"),
        ("a+b@example.org", "a@example.org"),
        ("a@example.org", "a@example.com"),
        ("a@b", "a"),
    ],
)
def test_two_mailboxes_have_two(one: str, other: str) -> None:
    assert not mailbox.same(one, other)


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("q@faß.example", "q@xn--fa-hia.example"),
        ("Q.X@Bücher.Example", "Q.X@xn--bcher-kva.example"),
        ("Alice@Example.ORG", "Alice@example.org"),
        ("a@xn--i-7iq.ws", "a@xn--i-7iq.ws"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
    ],
)
def test_mail_goes_to_the_local_part_as_typed_at_the_domain_of_todays_rules(
    typed: str, to: str
) -> None:
    assert mailbox.mailed(typed) == to


@pytest.mark.parametrize(
    "typed",
    [
        "é@example.org",
        "a@i❤.ws",
        "a@a_b.ü.example",
        "a@exa\u200bmple.org",
        "a@-ü.example",
        "a@" + "ü" * 300 + ".example",
    ],
)
def test_where_mail_cannot_go_none_is_sent(typed: str) -> None:
    with pytest.raises(NotAnAddress):
        mailbox.mailed(typed)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "incomplete"),
        ("alice", "incomplete"),
        ("alice@", "incomplete"),
        ("@example.org", "incomplete"),
        ("alice@example", "incomplete"),
        ("alice@example.c", "incomplete"),
        ("alice@exam ple.org", "incomplete"),
        ("alice@exam_ple.org", "incomplete"),
        ("alice@example..org", "incomplete"),
        ("alice@-example.org", "incomplete"),
        ("alice@127.0.0.1", "incomplete"),
        ("alice@" + "x" * 64 + ".org", "incomplete"),
        ("a@b.example\nBcc: c@d.example", "local"),
        ("alice@[127.0.0.1]", "literal"),
        ("alice@[IPv6:::1]", "literal"),
        ("é@example.org", "local"),
        ("a b@example.org", "local"),
        ('"a\x01b"@example.org', "local"),
        ('"a"@example.org', "local"),
        (".a@example.org", "local"),
        ("alice@i❤.ws", "domain"),
        ("alice@exa\u200bmple.org", "domain"),
        ("alice@\u202egro.elpmaxe", "domain"),
        ("alice@bü_cher.example", "domain"),
        ("alice@" + "ü" * 60 + ".example", "domain"),
        ("a" * 250 + "@example.org", "long"),
        ("a" * 235 + "@bücher.example", "long"),
    ],
)
def test_a_new_address_says_what_is_wrong_with_it(typed: str, fault: str) -> None:
    with pytest.raises(NotAnAddress) as refused:
        mailbox.checked(typed)
    assert refused.value.fault == fault


@pytest.mark.parametrize(
    "typed",
    [
        "alice@example.org",
        "a.b-c_d+e@bücher.example",
        "a@localhost",
        "q@faß.example",
        "a@xn--bcher-kva.example",
        "a@नमूना.example",
    ],
)
def test_a_good_one_is_kept_as_it_was_typed(typed: str) -> None:
    assert mailbox.checked(f" {typed} ") == typed


@given(some.text(max_size=60))
def test_any_text_has_a_key_and_the_key_is_its_own(text: str) -> None:
    key = mailbox.key(text)
    assert mailbox.key(key) == key


@given(some.text(alphabet="aäßéعжー漢.", min_size=1, max_size=20))
def test_what_is_mailed_is_ascii_and_what_idna_says(domain: str) -> None:
    try:
        to = mailbox.mailed(f"a@{domain}")
    except NotAnAddress:
        return
    assert to.isascii()
    if not domain.isascii():
        assert to == "a@" + idna.encode(domain, uts46=True, std3_rules=True).decode().removesuffix(
            "."
        )


@pytest.mark.parametrize(
    ("address", "then"),
    [
        ("q@faß.example", "q@fass.example"),
        ("q@βόλος.example", "q@xn--nxasmq6b.example"),
        ("q@i❤.ws", "q@xn--i-7iq.ws"),
        ("q@exa\u200bmple.org", "q@example.org"),
        ("q•••@faß.example", "q•••@fass.example"),
        ("q@bücher.example", None),
        ("w•••@bücher.example", None),
        ("q@fass.example", None),
        ("q@" + "ü" * 64 + ".example", None),
        ("q@" + "ü." * 120 + "example", None),
        ("faß.example", None),
        ("", None),
    ],
)
def test_where_mail_went_before(address: str, then: str | None) -> None:
    assert went_to(address) == then
