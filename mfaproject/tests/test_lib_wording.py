"""What a mail program would make a link of, and what it would not."""

import pytest

from mfaproject.lib.wording import holds_link


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example",
        "HTTPS://EVIL.EXAMPLE/x",
        "hxxp://192",
        "Click\xa0https://evil.example",
        "javascript:alert(1)",
        "mailto:mallory",
        "tel: 900",
        "www.evil",
        "evil.example",
        "Alice_evil.example/now",
        "(evil.example)",
        "MyApp.evil.com",
        "xn--bcher-kva.xn--p1ai",
        "пример.рф",
        "例え.テスト",
        "evil．example",
        "evil。example",
        "evil｡example",
        "evil․example",
        "evil\u200b.exam\u2060ple",
        "ｅｖｉｌ.ｅｘａｍｐｌｅ",
        "mallory@evil",
        "＠mallory",
        "192.0.2.7",
        "192.0.2.7:8080/x",
        "St.John",
    ],
)
def test_a_link_is_found(text: str) -> None:
    assert holds_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Alice",
        "Jean-Luc",
        "O'Neil",
        "J.R.R.",
        "Dr. Ames",
        "Ames, Dr.",
        "María José",
        "アリス",
        "Pixel 8",
        "iPhone 15 (2)",
        "Firefox 145.0.1",
        "a...b",
        "2.5 m",
    ],
)
def test_a_name_is_no_link(text: str) -> None:
    assert not holds_link(text)
