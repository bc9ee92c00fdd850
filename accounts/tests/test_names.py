"""What people may be called, and why not: names of many languages, as they are typed and as they
are kept.
"""

import unicodedata

import pytest

from accounts import names
from accounts.models import User
from accounts.models.user import name_key
from accounts.names import Fault
from accounts.tests.api import Program
from accounts.tests.helpers import Browser
from mfaproject.lib.testing import PASSWORD

USER_NAMES = {
    "alice": "English",
    "o.brien-smith_2": "signs between",
    "हिन्दी": "Hindi: vowel signs and a virama",
    "नरेंद्र": "Hindi: a nasal sign",
    "ไทย": "Thai",
    "น้ำฝน": "Thai: a tone above a vowel",
    "தமிழ்": "Tamil",
    "বাংলা": "Bengali",
    "తెలుగు": "Telugu",
    "മലയാളം": "Malayalam",
    "ශ්‍රී": "Sinhala: a joiner after a virama",
    "မြန်မာ": "Burmese: four signs on one letter",
    "ខ្មែរ": "Khmer",
    "Adébáyọ̀": "Yoruba: an accent that has no letter of its own",
    "Ọlátúnjí": "Yoruba",
    "Nguyễn": "Vietnamese",
    "Nguye\u0302\u0303n": "Vietnamese, accents typed apart",
    "علی‌رضا": "Persian: a non-joiner inside",
    "מִרְיָם": "Hebrew with points",
    "צה״ל": "Hebrew: gershayim",
    "Σωκράτης": "Greek",
    "Ђорђе": "Serbian",
    "Gal·la": "Catalan: a middle dot between two l",
    "Ga\u0140la": "Catalan: the same as one character",
    "Kaʻiulani": "Hawaiian: the okina is a letter",
    "Gráinne": "Irish",
    "Żółć": "Polish",
    "Þórður": "Icelandic",
    "Iñaki": "Spanish",
    "Straße": "German",
    "İbrahim": "Turkish",
    "김철수": "Korean",
    "山田": "Japanese",
    "ﾔﾏﾀﾞ": "Japanese, half width",
    "𠮷野": "Japanese: a character beyond 16 bits",
    "ａｌｉｃｅ": "full width",
    "Ⅷ": "a numeral that is one character",
}

NO_USER_NAMES = {
    "o'brien": (
        Fault.CHARACTER,
        "an apostrophe: there are five that look alike, and nobody remembers which",
    ),
    "O’Brien": (Fault.CHARACTER, "another one"),
    "Hawai‘i": (Fault.CHARACTER, "a quotation mark that stands in for the okina"),
    "alice martin": (Fault.CHARACTER, "a space"),
    "a·b": (Fault.CHARACTER, "a middle dot between other letters than l"),
    "l·": (Fault.CHARACTER, "a middle dot at the end"),
    "བོད་": (Fault.CHARACTER, "the Tibetan mark between syllables is punctuation"),
    "ali\u200bce": (Fault.CHARACTER, "a space of no width"),
    "ali\u200cce": (Fault.CHARACTER, "a non-joiner between letters that never join"),
    "alice\u200d": (Fault.CHARACTER, "a joiner at the end"),
    "\u0301alice": (Fault.CHARACTER, "an accent on nothing"),
    "a_\u0301": (Fault.CHARACTER, "an accent on a sign"),
    "ali\u3164ce": (Fault.CHARACTER, "a letter that cannot be seen"),
    "alice\ufe0f": (Fault.CHARACTER, "a selector that nobody sees"),
    "a\u034fb": (Fault.CHARACTER, "a mark that nobody sees"),
    "a\u0488": (Fault.CHARACTER, "a mark that encloses"),
    "a\u202eb": (Fault.CHARACTER, "it turns the text around"),
    "a\x00b": (Fault.CHARACTER, "NUL"),
    "a\ud800": (Fault.CHARACTER, "half of a character"),
    "½": (Fault.CHARACTER, "becomes 1⁄2"),
    "<script>": (Fault.CHARACTER, "signs"),
    "...": (Fault.CHARACTER, "no letter and no digit"),
    "🦊": (Fault.CHARACTER, "no letter and no digit"),
    "a\u0305\u0305\u0305\u0305\u0305": (Fault.MARKS, "drawn over the line above"),
    "\u200b\u200b": (Fault.EMPTY, "nothing to see"),
    "\u3164": (Fault.EMPTY, "nothing to see"),
}

FULL_NAMES = {
    "Alice Martin": "Alice Martin",
    "  Alice \t\r\n  Martin ": "Alice Martin",
    "Conan O’Brien": "Conan O’Brien",
    "Siobhán O'Connor": "Siobhán O'Connor",
    "Dr. Jean-Luc D'Arcy, Jr.": "Dr. Jean-Luc D'Arcy, Jr.",
    "नरेंद्र मोदी": "नरेंद्र मोदी",
    "สมชาย ใจดี": "สมชาย ใจดี",
    "தமிழ்ச்செல்வி": "தமிழ்ச்செல்வி",
    "Adébáyọ̀ Ọlátúnjí": "Adébáyọ̀ Ọlátúnjí",
    "علی‌رضا بهشتی": "علی‌رضا بهشتی",
    "བསྟན་འཛིན་": "བསྟན་འཛིན་",
    "Pau Gal·la": "Pau Gal·la",
    "Hawai‘i Kaʻiulani": "Hawai‘i Kaʻiulani",
    "葛\U000e0100城": "葛\U000e0100城",
    "X Æ A-12": "X Æ A-12",
    "李 小龍 (Bruce Lee)": "李 小龍 (Bruce Lee)",
    "Nguye\u0302\u0303n Văn A": "Nguyễn Văn A",
    "Ali\u200bce\u202e": "Alice",
    "\u200dAlice\u200c": "Alice",
    "\ufeffאבג\u200f": "אבג",
    "🦊": "🦊",
    "-": "-",
}
NO_FULL_NAMES = {
    "\u200b\u202e": Fault.EMPTY,
    "\u3164\u115f": Fault.EMPTY,
    "\u2800": Fault.EMPTY,
    "\x00\x1b": Fault.EMPTY,
    "\ufe0f": Fault.EMPTY,
    "Z\u0336\u0321\u0347\u0353\u0300algo": Fault.MARKS,
}


@pytest.mark.parametrize("typed", USER_NAMES, ids=USER_NAMES.get)
def test_a_user_name_of_any_script_is_taken(typed: str) -> None:
    kept = names.user_name(typed)
    assert names.fault_of_user_name(kept) is None
    assert kept == names.user_name(kept), "what is kept stays as it is"


@pytest.mark.parametrize("typed", NO_USER_NAMES)
def test_a_user_name_is_refused_for_a_reason(typed: str) -> None:
    assert names.fault_of_user_name(names.user_name(typed)) is NO_USER_NAMES[typed][0]


@pytest.mark.parametrize("typed", FULL_NAMES)
def test_a_full_name_is_kept_as_people_write_it(typed: str) -> None:
    assert names.full_name(typed) == FULL_NAMES[typed]
    assert names.fault_of_full_name(FULL_NAMES[typed]) is None
    assert names.full_name(FULL_NAMES[typed]) == FULL_NAMES[typed]


@pytest.mark.parametrize("typed", NO_FULL_NAMES)
def test_a_full_name_of_which_nothing_is_seen_or_too_much_is_refused(typed: str) -> None:
    assert names.fault_of_full_name(names.full_name(typed)) is NO_FULL_NAMES[typed]


@pytest.mark.parametrize(
    "spellings",
    [
        ("alice", "ALICE", "ａlice", "ali\u200bce", "ali\u3164ce", "alice\ufe0f", "al\u034fice"),
        ("Nguyễn", unicodedata.normalize("NFD", "NGUYỄN")),
        ("علی‌رضا", "علیرضا"),
        ("Straße", "STRASSE"),
        ("Gal·la", "Ga\u0140la"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
    ],
)
def test_spellings_that_look_alike_are_one_account(spellings: tuple[str, ...]) -> None:
    assert len({name_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize("pair", [("हिन्दी", "हनद"), ("Adébáyọ̀", "Adebayo"), ("ไทย", "ไท")])
def test_marks_tell_names_apart(pair: tuple[str, str]) -> None:
    assert name_key(pair[0]) != name_key(pair[1])


def test_no_key_is_longer_than_its_column() -> None:
    """Each character of a kept name becomes two at most, whatever Unicode this Python knows."""
    longest = User._meta.get_field("username_key").max_length
    kept = {
        unicodedata.normalize("NFKC", chr(code))
        for code in range(0x110000)
        if not 0xD800 <= code < 0xE000
    }
    most = max(len(name_key(char)) for char in kept if len(char) == 1)
    assert longest is not None
    assert most * names.LONGEST_USER_NAME <= longest


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    ["हिन्दी", "ไทย", "தமிழ்", "Adébáyọ̀", "علی‌رضا", "Gal·la", "Kaʻiulani", "Nguye\u0302\u0303n"],
)
class TestAtBothDoors:
    def test_somebody_signs_up_and_in(self, typed: str) -> None:
        account = {
            "full_name": typed,
            "username": typed,
            "email": "a@example.org",
            "password": PASSWORD,
        }
        assert Browser().post("/signup/", account).status_code == 302
        user = User.objects.get()
        assert (user.username, user.full_name) == (
            names.user_name(typed),
            unicodedata.normalize("NFC", typed),
        )
        User.objects.update(email_confirmed_at=user.joined_at)
        assert Browser().sign_in(unicodedata.normalize("NFD", typed).upper()).status_code == 302

    def test_a_program_does_it(self, typed: str) -> None:
        account = {
            "fullname": typed,
            "username": typed,
            "email": "a@example.org",
            "password": PASSWORD,
        }
        answer = Program().call("auth/register", **account)
        assert answer.status_code == 201, answer.content
        assert User.objects.get().username == names.user_name(typed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("username", "\ufb03" * 14, "40"),
        ("username", "\u200b", "one can see"),
        ("username", "a\u0305\u0305\u0305\u0305\u0305", "accents"),
        ("username", "o'brien", "Only letters"),
        ("full_name", "\ufb2c" * 34, "100"),
        ("full_name", "\u200b\u3164", "as people know it"),
        ("email", "jörg@example.org", "Before the @"),
        ("email", '"a\x01b"@example.org', "Before the @"),
        ("email", '"a b"@example.org', "Before the @"),
        ("email", "\u200b@example.org", "Before the @"),
        ("email", "a..b@example.org", "Before the @"),
        ("email", f"{'a' * 65}@example.org", "too long"),
        ("email", "alice@", "complete address"),
        ("email", "@example.org", "complete address"),
        ("email", "alice@exa\x01mple.org", "complete address"),
        ("email", "alice@exa\u200bmple.org", "no mail server"),
        ("email", "alice", "complete address"),
        ("password", "e\u0301" * 6, "12"),
        ("phone", "+8816 3142 5501", "no country"),
        ("phone", "+882 16 5123 4567", "no country"),
        ("phone", "+800 1234 5678", "no country"),
        ("phone", "+33 1 23 45 67 89", "mobile phone"),
        ("phone", "+33 8 99 12 34 56", "mobile phone"),
        ("phone", "+33 8 10 12 34 56", "mobile phone"),
        ("phone", "+33 800 12 34 56", "mobile phone"),
        ("phone", "+44 7640 123456", "mobile phone"),
        ("phone", "+41 860 79 123 45 67", "mobile phone"),
        ("phone", "+33 6 12 34", "Nobody can be called"),
        ("phone", "06 12 34 56 78", "Begin with +"),
    ],
)
class TestRefusedAtBothDoorsWithOneSentence:
    def test_on_the_page(self, field: str, value: str, words: str) -> None:
        account = {
            "full_name": "Alice",
            "username": "alice",
            "email": "a@example.org",
            "password": PASSWORD,
            "phone": "",
        }
        page = Browser().post("/signup/", account | {field: value})
        errors = page.context["form"].errors
        assert (page.status_code, list(errors)) == (400, [field])
        assert len(errors[field]) == 1
        assert words in errors[field][0]
        assert not User.objects.exists()

    def test_in_the_api(self, field: str, value: str, words: str) -> None:
        account = {
            "fullname": "Alice",
            "username": "alice",
            "email": "a@example.org",
            "password": PASSWORD,
            "phone": "",
        }
        name = field.replace("_", "")
        answer = Program().call("auth/register", **account | {name: value})
        errors = answer.json()["errors"]
        assert (answer.status_code, list(errors)) == (400, [name])
        assert words in errors[name][0]
        assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+1 (202) 555-0123", "+12025550123"),  # nothing there tells a mobile from a landline
        ("＋３３６１２３４５６７８", "+33612345678"),
        ("+393123456789", "+393123456789"),
        ("", ""),
    ],
)
def test_a_number_that_texts_arrive_at_is_kept(typed: str, kept: str) -> None:
    Browser().post(
        "/signup/",
        {
            "full_name": "A",
            "username": "alice",
            "email": "a@example.org",
            "password": PASSWORD,
            "phone": typed,
        },
    )
    assert User.objects.get().phone == kept
