"""Addresses of static files: those of the manifest, put together once."""

import json
from pathlib import Path

import pytest

from mfaproject.static_names import StaticNames


def test_an_address_is_the_manifest_s_and_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {"css/nod.css": "css/nod.abc.css", "js/é.js": "js/é.def.js"}
    (tmp_path / "staticfiles.json").write_text(
        json.dumps({"paths": paths, "version": "1.1", "hash": ""})
    )
    storage = StaticNames(location=tmp_path, base_url="/static/")
    assert storage.url("css/nod.css") == "/static/css/nod.abc.css"
    assert storage.url("js/é.js") == "/static/js/é.def.js"
    monkeypatch.setattr(storage, "stored_name", lambda _name: pytest.fail("asked again"))
    assert storage.url("css/nod.css") == "/static/css/nod.abc.css"


def test_a_file_that_is_not_there_stays_an_error(tmp_path: Path) -> None:
    (tmp_path / "staticfiles.json").write_text(
        json.dumps({"paths": {}, "version": "1.1", "hash": ""})
    )
    storage = StaticNames(location=tmp_path, base_url="/static/")
    for _ in range(2):
        with pytest.raises(ValueError, match=r"nowhere\.css"):
            storage.url("css/nowhere.css")
