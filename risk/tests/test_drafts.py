"""A policy as somebody writes it down."""

import pytest

from risk.policy.drafts import BUILT_IN, DraftError, PolicyDraft, check_groups, read_draft

LEAST = 'name = "default"\nchallenge = 45\nstrict = 85\n'


def test_the_least_that_a_draft_says() -> None:
    assert read_draft(LEAST) == PolicyDraft("default", 45, 85)


def test_all_that_a_draft_can_say() -> None:
    text = (
        LEAST + 'groups = ["office", " finance ", "office"]\nnote = "Fewer questions"\nweights ='
        ' "refitted.json"\n'
    )
    assert read_draft(text) == PolicyDraft(
        "default", 45, 85, ("office", "finance"), "Fewer questions", "refitted.json"
    )


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("challenge = 45\nstrict = 85", "name"),
        (LEAST.replace('"default"', '"Default"'), "name"),
        (LEAST.replace('"default"', '"two words"'), "name"),
        (LEAST.replace('"default"', '"-office"'), "name"),
        (LEAST.replace('"default"', '"office-"'), "name"),
        (LEAST.replace('"default"', '"' + "a" * 41 + '"'), "name"),
        (LEAST.replace('"default"', f'"{BUILT_IN}"'), "name"),
        (LEAST.replace('"default"', "7"), "name"),
        ('name = "default"\nstrict = 85', "challenge"),
        ('name = "default"\nchallenge = 45', "strict"),
        (LEAST.replace("45", "0"), "challenge"),
        (LEAST.replace("45", "100"), "challenge"),
        (LEAST.replace("45", "-1"), "challenge"),
        (LEAST.replace("45", "45.5"), "challenge"),
        (LEAST.replace("45", "true"), "challenge"),
        (LEAST.replace("45", '"45"'), "challenge"),
        (LEAST.replace("85", "45"), "strict"),
        (LEAST.replace("85", "101"), "strict"),
        (LEAST + 'groups = "office"', "groups"),
        (LEAST + "groups = [1]", "groups"),
        (LEAST + 'groups = [""]', "groups"),
        (LEAST + "note = 1", "note"),
        (LEAST + f'note = "{"x" * 2001}"', "note"),
        (LEAST + "weights = []", "weights"),
        (LEAST + "chalenge = 40", "chalenge"),
        ("not toml at all", ""),
        (LEAST + "challenge = 1", ""),
    ],
)
def test_what_is_wrong_is_said_by_field(text: str, field: str) -> None:
    with pytest.raises(DraftError) as caught:
        read_draft(text)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: " if field else "This is no TOML")


@pytest.mark.parametrize(
    ("name", "groups", "fits"),
    [("default", 0, True), ("default", 1, False), ("office", 1, True), ("office", 0, False)],
)
def test_one_name_is_for_everybody_and_the_others_are_for_groups(
    name: str, groups: int, fits: bool
) -> None:
    if fits:
        check_groups(name, groups)
        return
    with pytest.raises(DraftError, match="groups"):
        check_groups(name, groups)
