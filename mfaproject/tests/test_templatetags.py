"""The tags every template has: words for moments, fields, and the line that says what needs another
look.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation

from mfaproject.lib.testing import FrozenClock
from mfaproject.templatetags import _drawings, _times


class SignupForm(forms.Form):
    next = forms.CharField(required=False, widget=forms.HiddenInput())
    username = forms.CharField(label="Username", help_text="Letters & digits")
    email = forms.EmailField(label="E-mail")
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    phone = forms.CharField(label="Phone", required=False)


class CodeForm(forms.Form):
    code = forms.CharField(label="Code", max_length=20)


GOOD = {"username": "alice", "email": "alice@example.org", "password": "a long password"}


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def ago(text: str, now: str = "2026-03-10T12:00") -> str:
    return _times.ago(
        *(datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (text, now))
    )


# Waits


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (60, "60 seconds"),
        (61, "2 minutes"),
        (432, "8 minutes"),
        (3_600, "60 minutes"),
        (7_200, "120 minutes"),
        (7_201, "3 hours"),
        (86_400, "24 hours"),
    ],
)
def test_a_wait_is_said_in_the_largest_unit_that_is_not_too_rough_and_never_too_short(
    seconds: int, words: str
) -> None:
    assert draw("{{ 'Wait %(time)s.'|timed:seconds }}", seconds=seconds) == f"Wait {words}."


# Moments


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("2026-03-10T12:00:20", "just now"),  # a clock that runs ahead
        ("2026-03-10T11:59:01", "just now"),
        ("2026-03-10T11:59:00", "1 minute ago"),
        ("2026-03-10T11:58:00", "2 minutes ago"),
        ("2026-03-10T11:00:01", "59 minutes ago"),
        ("2026-03-10T11:00:00", "today at 11:00"),
        ("2026-03-10T00:00:00", "today at 00:00"),
        ("2026-03-09T23:59:59", "yesterday at 23:59"),
        ("2026-03-09T09:10:00", "yesterday at 09:10"),
        ("2026-03-08T03:41:00", "Sunday at 03:41"),
        ("2026-03-04T12:00:00", "Wednesday at 12:00"),
        ("2026-03-03T12:00:00", "on 3 March"),
        ("2026-01-01T00:00:00", "on 1 January"),
        ("2025-12-31T23:59:59", "on 31 December 2025"),
    ],
)
def test_moments_are_said_as_people_say_them(then: str, words: str) -> None:
    assert ago(then) == words


def test_the_last_hour_before_midnight_is_counted_in_minutes() -> None:
    assert ago("2026-03-09T23:50", "2026-03-10T00:10") == "20 minutes ago"


def test_days_are_those_of_the_active_time_zone() -> None:
    with timezone.override(timezone.get_fixed_timezone(timedelta(hours=13))):
        assert ago("2026-03-10T09:00") == "yesterday at 22:00"


def test_the_element_has_the_exact_moment_on_hover(clock: FrozenClock) -> None:
    drawn = draw("{% when at %}", at=clock.at - timedelta(minutes=2))
    assert (
        drawn
        == '<time datetime="2026-03-10T11:58:00+00:00" title="10 March 2026, 11:58 UTC">2 minutes'
        " ago</time>"
    )


def test_a_moment_goes_inside_a_sentence(clock: FrozenClock) -> None:
    source = (
        "{% load i18n %}{% when at as spoken %}{% blocktranslate %}paired {{ spoken }}{%"
        " endblocktranslate %}"
    )
    assert draw(source, at=clock.at).startswith("paired <time ")


@pytest.mark.parametrize("source", ["{% when at %}", "{{ at|ago }}"])
def test_no_moment_is_no_words(source: str) -> None:
    assert draw(source, at=None) == ""


def test_the_filter_gives_words_alone(clock: FrozenClock) -> None:
    assert draw("{{ at|ago }}", at=clock.at - timedelta(days=1)) == "yesterday at 12:00"


def test_browsers_get_the_sentences_to_say_again(clock: FrozenClock) -> None:
    drawn = draw("<main {% moment_words %}>")
    assert 'data-today="today at %(time)s"' in drawn
    assert 'data-weekday="%(day)s at %(time)s"' in drawn


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds left"),
        (1, "1 second left"),
        (47, "47 seconds left"),
        (60, "60 seconds left"),
        (61, "Less than 2 minutes left"),
        (120, "Less than 2 minutes left"),
        (121, "Less than 3 minutes left"),
    ],
)
def test_a_countdown_is_calm_until_its_last_minute(seconds: int, words: str) -> None:
    assert draw("{{ seconds|time_left }}", seconds=seconds) == words


@pytest.mark.parametrize(("seconds", "minutes"), [(-5, 1), (10, 1), (60, 1), (61, 2), (600, 10)])
def test_begun_minutes_count(clock: FrozenClock, seconds: int, minutes: int) -> None:
    assert draw("{{ at|minutes_until }}", at=clock.at + timedelta(seconds=seconds)) == str(minutes)


# Drawings


@pytest.mark.parametrize("name", sorted(_drawings.ICONS))
def test_drawings_are_silent(name: str) -> None:
    drawn = draw(f'{{% icon "{name}" %}}')
    assert drawn.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


def test_an_unknown_drawing_is_an_error() -> None:
    with pytest.raises(TemplateSyntaxError, match="phone"):
        draw('{% icon "phnoe" %}')


def test_the_wordmark_leads_home() -> None:
    drawn = draw("{% brand home %}", home="/a?b=1&c")
    assert drawn.startswith('<a class="brand" href="/a?b=1&amp;c" aria-label="nod, home">')
    assert "<span>admin</span>" in draw('{% brand "/admin/" "admin" %}')


# Fields


def test_a_field_has_its_label_and_hint() -> None:
    drawn = draw("{% field form.username %}", form=SignupForm())
    assert '<label for="id_username">Username</label>' in drawn
    assert '<p class="hint" id="id_username-hint">Letters &amp; digits</p>' in drawn
    assert 'aria-describedby="id_username-hint"' in drawn
    assert 'autocomplete="username"' in drawn
    assert "aria-invalid" not in drawn


def test_only_optional_fields_are_marked() -> None:
    assert "(optional)" in draw("{% field form.phone %}", form=SignupForm())
    assert "(optional)" not in draw("{% field form.email %}", form=SignupForm())


def test_a_wrong_field_says_so_to_eyes_and_ears() -> None:
    form = SignupForm(GOOD | {"username": ""})
    drawn = draw("{% field form.username %}", form=form)
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_username-wrong id_username-hint"' in drawn
    assert 'id="id_username-wrong"' in drawn
    assert "This field is required." in drawn


def test_what_was_typed_stays_but_no_password() -> None:
    form = SignupForm({"username": '"><b>mallory', "email": "x", "password": "a secret of mine"})
    assert 'value="&quot;&gt;&lt;b&gt;mallory"' in draw("{% field form.username %}", form=form)
    assert "a secret of mine" not in draw("{% field form.password %}", form=form)


@pytest.mark.parametrize(
    ("data", "focused"),
    [
        (None, "username"),
        (GOOD, "username"),
        (GOOD | {"email": ""}, "email"),
        (GOOD | {"email": "", "password": ""}, "email"),
    ],
)
def test_the_first_wrong_field_has_the_focus_else_the_first(
    data: dict[str, str] | None, focused: str
) -> None:
    form = SignupForm(data)
    drawn = {bound.name: draw("{% field bound %}", bound=bound) for bound in form.visible_fields()}
    assert [name for name, html in drawn.items() if "autofocus" in html] == [focused]


def test_a_template_may_mark_describe_and_focus_a_field_itself() -> None:
    drawn = draw(
        '{% field form.password note="sum" wrong=True focus=True'
        ' autocomplete="current-password" %}',
        form=SignupForm(),
    )
    for attribute in (
        'aria-describedby="sum"',
        'aria-invalid="true"',
        "autofocus",
        'autocomplete="current-password"',
    ):
        assert attribute in drawn
    assert "autofocus" not in draw("{% field form.username focus=False %}", form=SignupForm())


def test_what_the_form_says_of_its_widget_wins_over_the_usual() -> None:
    assert 'autocomplete="new-password"' in draw("{% field form.password %}", form=SignupForm())


def test_passwords_have_a_button_that_only_scripts_bring_out() -> None:
    drawn = draw("{% field form.password %}", form=SignupForm())
    assert (
        '<button type="button" hidden data-show aria-controls="id_password" aria-pressed="false"'
        ' aria-label="Show password">' in " ".join(drawn.split())
    )
    assert "<button" not in draw("{% field form.email %}", form=SignupForm())


@pytest.mark.parametrize(("digits", "dashes", "longest"), [(6, "––––––", 7), (3, "–––", 4)])
def test_code_fields_show_a_dash_for_each_digit(digits: int, dashes: str, longest: int) -> None:
    drawn = draw("{% field form.code digits=digits %}", form=CodeForm(), digits=digits)
    for attribute in (
        'class="digits"',
        f'placeholder="{dashes}"',
        f'maxlength="{longest}"',
        'inputmode="numeric"',
        'autocomplete="one-time-code"',
    ):
        assert attribute in drawn


def test_a_hint_of_the_template_wins() -> None:
    assert "It works for 3 minutes." in draw(
        '{% field form.code hint="It works for 3 minutes." %}', form=CodeForm()
    )


# The line above


def test_an_untouched_or_right_form_has_no_line() -> None:
    assert draw("{% errors form %}", form=SignupForm()).strip() == ""
    assert draw("{% errors form %}", form=SignupForm(GOOD)).strip() == ""


def test_the_line_names_the_fields_and_leads_to_them() -> None:
    drawn = draw("{% errors form %}", form=SignupForm(GOOD | {"username": "", "email": ""}))
    assert (
        '2 things need another look: <a href="#id_username">username</a> and <a'
        ' href="#id_email">e-mail</a>.' in drawn
    )
    assert 'role="alert"' in drawn
    assert "autofocus" not in drawn


def test_one_wrong_field_is_one_thing() -> None:
    drawn = draw("{% errors form %}", form=SignupForm(GOOD | {"email": ""}))
    assert 'One thing needs another look: <a href="#id_email">e-mail</a>.' in drawn


def test_where_no_field_is_wrong_the_line_has_the_focus() -> None:
    form = SignupForm(GOOD)
    form.add_error(None, "We could not send <it>.")
    drawn = draw("{% errors form %}{% field form.username %}", form=form)
    assert "We could not send &lt;it&gt;." in drawn
    assert drawn.count("autofocus") == 1
    assert 'tabindex="-1" autofocus' in drawn


def test_labels_are_escaped_and_keep_their_capitals_where_they_are_a_word() -> None:
    form = SignupForm(GOOD | {"username": "", "email": ""})
    form.fields["username"].label, form.fields["email"].label = "PIN", "A<b>"
    drawn = draw("{% errors form %}", form=form)
    assert ">PIN</a>" in drawn
    assert ">a&lt;b&gt;</a>" in drawn


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], "False"),
        (["asked"], "False"),
        (["away"], "True"),
        (["away", "seen"], "False"),
        (["away", "away"], "True"),
    ],
)
def test_the_other_ways_open_when_no_device_can_be_reached(
    states: list[str], expected: str
) -> None:
    assert (
        draw(
            "{{ devices|all_away }}",
            devices=[{"name": "Pixel 8", "state": state} for state in states],
        )
        == expected
    )


def test_every_sentence_can_be_translated() -> None:
    with translation.override("fr"):
        assert "samedi" in ago("2026-03-07T09:00").lower()
