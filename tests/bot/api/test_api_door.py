"""What comes before a request means anything: HTTP, names, types, JSON, tokens, limits."""

import json
import socket
import sqlite3
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from bot.access import Scope
from bot.web.limits import BAD_CREDENTIALS, REQUESTS
from tests.bot.api.desk import Desk

JSON = {"Content-Type": "application/json"}


def posted(api: httpx.Client, raw: bytes, content_type: str = "application/json") -> httpx.Response:
    return api.post("/runs", content=raw, headers={"Content-Type": content_type})


def spoken(desk: Desk, raw: bytes) -> bytes:
    """Say *raw* to the server, and answer everything it says until it hangs up."""
    parts = urlsplit(desk.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as wire:
        wire.sendall(raw)
        wire.settimeout(2)
        heard = b""
        try:
            while more := wire.recv(65_536):
                heard += more
        except TimeoutError:
            pass
    return heard


# -- HTTP ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
def test_x32_another_method_is_405_and_says_which_are_allowed(api: httpx.Client, method: str):
    answer = api.request(method, "/runs")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(",")) >= {"GET", "POST"}


def test_x32_a_method_cannot_be_overridden(api: httpx.Client):
    answer = api.get("/runs", headers={"X-HTTP-Method-Override": "POST"})

    assert "items" in answer.json()


def test_x51_another_origin_gets_no_cors_headers(api: httpx.Client):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    answers = [api.options("/runs", headers=asked), api.get("/runs", headers=asked)]

    for answer in answers:
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "a@127.0.0.1"])
def test_x50_another_host_is_421(api: httpx.Client, host: str):
    answer = api.get("/runs", headers={"Host": host})

    assert (answer.status_code, answer.json()["code"]) == (421, "misdirected")


def test_x50_an_absolute_target_of_another_host_is_421(desk: Desk):
    host = urlsplit(desk.url).netloc.encode()

    heard = spoken(desk, b"GET http://evil.example/docs HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")

    assert heard.startswith(b"HTTP/1.1 421")


def test_x50_the_address_that_is_bound_and_localhost_are_ours(desk: Desk):
    port = urlsplit(desk.url).port
    with desk.http() as api:
        answers = [
            api.get("/jobs", headers={"Host": host})
            for host in (f"127.0.0.1:{port}", f"localhost:{port}")
        ]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_under_any_name(desk: Desk, path: str):
    desk.move()

    answer = httpx.get(desk.url + path, headers={"Host": "10.0.0.7"}, trust_env=False)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chun\xe2\x84\xaaed\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nBad Header: 1\r\n\r\n",
        b"NONSENSE\r\n\r\n",
    ],
)
def test_x48_what_is_no_http_is_400_as_a_problem(desk: Desk, raw: bytes):
    heard = spoken(desk, raw)

    assert heard.startswith(b"HTTP/1.0 400")
    assert b"application/problem+json" in heard
    assert json.loads(heard.partition(b"\r\n\r\n")[2])["code"] == "malformed"


@pytest.mark.parametrize(
    "headers",
    [b"X-Long: " + b"x" * 8_200, b"\r\n".join(b"X-%d: 1" % number for number in range(129))],
)
def test_x48_headers_that_are_too_large_are_431(desk: Desk, headers: bytes):
    host = urlsplit(desk.url).netloc.encode()

    heard = spoken(desk, b"GET /jobs HTTP/1.1\r\nHost: " + host + b"\r\n" + headers + b"\r\n\r\n")

    assert heard.startswith(b"HTTP/1.0 431")
    assert b"application/problem+json" in heard
    assert b"xxxx" not in heard


def test_x29_an_address_of_nine_thousand_characters_is_refused(desk: Desk):
    host = urlsplit(desk.url).netloc.encode()

    heard = spoken(desk, b"GET /runs/" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")

    assert heard.startswith(b"HTTP/1.0 431")


def test_an_unknown_address_is_404_as_a_problem(api: httpx.Client):
    answer = api.get("/nowhere")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


# -- bodies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/jsonp",
        "application/problem+json",
        "application/json, text/plain",
    ],
)
def test_x33_another_content_type_is_415(api: httpx.Client, content_type: str):
    answer = posted(api, b"{}", content_type)

    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


def test_x33_no_content_type_is_415(desk: Desk, api: httpx.Client):
    assert api.post("/runs", content=b"{}").status_code == 415
    assert api.post("/runs").status_code == 415


def test_a_compressed_body_is_415(api: httpx.Client):
    headers = {**JSON, "Content-Encoding": "gzip"}

    assert api.post("/runs", content=b"{}", headers=headers).status_code == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_in_utf_8_may_say_so(api: httpx.Client, content_type: str):
    body = b'{"job": "echo", "input": {"item": "tea"}}'

    assert posted(api, body, content_type).status_code == 201


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": -0}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": 9223372036854775808}',
        b"NaN",
        b'{"kind": "rejected", "kind": "approved"}',
        b'{"a": {"b": 1, "b": 1}}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        json.dumps({str(number): 1 for number in range(1_001)}).encode(),
        json.dumps({"a": [1] * 10_001}).encode(),
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b'{"\\ud800": 1}',
        b'{"a": "\xc0\xaf"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-32-le"),
    ],
    ids=lambda raw: raw[:24].decode(errors="replace"),
)
def test_x34_to_x38_what_readers_disagree_about_is_400(api: httpx.Client, raw: bytes):
    answer = posted(api, raw)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_x36_a_string_of_64_kib_and_one_is_413(api: httpx.Client):
    answer = posted(api, json.dumps({"job": "x" * (64 * 1024 + 1)}).encode())

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_x36_what_is_just_within_the_limits_is_read(api: httpx.Client):
    deep = "[" * 31 + "]" * 31
    body = f'{{"job": "echo", "input": {deep}}}'.encode()

    answer = posted(api, body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "input"


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"7", b"null", b"true"])
def test_x39_another_thing_than_an_object_is_422(api: httpx.Client, raw: bytes):
    answer = posted(api, raw)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_x43_a_query_and_cookies_say_nothing_about_the_body(api: httpx.Client):
    answer = api.post(
        "/runs?job=listen&idempotency_key=k",
        json={"job": "echo", "input": {"item": "tea"}},
        headers={"Cookie": "job=listen"},
    )

    assert answer.json()["job"] == "echo"


@pytest.mark.parametrize("as_sent", [bytes, lambda raw: iter([raw])], ids=["whole", "chunked"])
def test_x53_a_body_of_256_kib_and_one_is_413(
    api: httpx.Client, as_sent: Callable[[bytes], bytes | Iterator[bytes]]
):
    raw = b" " * (256 * 1024 + 1)

    answer = api.post("/runs", content=as_sent(raw), headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


# -- tokens ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [None, "", "Bearer", "Basic aGJyOng=", "Token x", "Bearer a b", "Bearer  x"],
)
def test_x55_without_a_bearer_token_it_is_401(desk: Desk, value: str | None):
    headers = {} if value is None else {"Authorization": value}

    answer = httpx.get(f"{desk.url}/jobs", headers=headers, trust_env=False)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_x55_two_headers_are_401(desk: Desk):
    token = desk.token()
    headers = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]

    assert httpx.get(f"{desk.url}/jobs", headers=headers, trust_env=False).status_code in {400, 401}


@pytest.mark.parametrize("name", ["token", "access_token", "authorization"])
def test_x55_a_token_in_the_query_is_not_looked_at(desk: Desk, name: str):
    answer = httpx.get(f"{desk.url}/jobs", params={name: desk.token()}, trust_env=False)

    assert answer.status_code == 401


def test_x56_guessing_tokens_ends_with_429_and_good_ones_still_count(desk: Desk):
    guesses = [f"hbr_{number:016x}_{number:064x}" for number in range(BAD_CREDENTIALS.most + 1)]
    with httpx.Client(base_url=desk.url, trust_env=False) as api:
        answers = [
            api.get("/jobs", headers={"Authorization": f"Bearer {guess}"}) for guess in guesses
        ]
    with desk.http() as good:
        known = good.get("/jobs")

    assert {answer.status_code for answer in answers[:-1]} == {401}
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "rate_limited")
    assert known.status_code == 200


@pytest.mark.parametrize("change", ["cut", "longer", "case", "halves", "nul"])
def test_x57_a_token_that_is_nearly_one_is_401(desk: Desk, change: str):
    token, other = desk.token(), desk.token()
    changed = {
        "cut": token[:-1],
        "longer": token + "0",
        "case": token.upper(),
        "halves": token[:20] + other[20:],
        "nul": token + "%00",
    }[change]

    with desk.http(changed) as api:
        assert api.get("/jobs").status_code == 401


def test_x58_a_revoked_token_is_401_at_once(desk: Desk):
    token = desk.token(name="leaving")
    with desk.http(token) as api:
        before = api.get("/jobs").status_code
        desk.revoke("leaving")
        after = api.get("/jobs").status_code

    assert (before, after) == (200, 401)


def test_x61_a_token_that_is_not_ascii_is_401(desk: Desk):
    headers = {b"Authorization": "Bearer hbr_ä".encode()}

    answer = httpx.get(f"{desk.url}/jobs", headers=headers, trust_env=False)

    assert answer.status_code == 401


def test_the_secret_half_of_a_token_is_not_in_the_database(desk: Desk):
    token = desk.token()
    path = desk.town.settings.database_url.removeprefix("sqlite:///")

    with sqlite3.connect(path) as database:
        stored = "\n".join(database.iterdump())
    database.close()

    public, secret = token.split("_")[1:]
    assert public in stored
    assert secret not in stored


# -- limits ----------------------------------------------------------------------------------------


def test_x54_a_credential_has_six_hundred_requests_a_minute(desk: Desk):
    with desk.http(desk.token(Scope.RUNS_READ)) as api:
        codes = [api.post("/runs").status_code for _ in range(REQUESTS.most + 1)]
        refused = api.get("/jobs")
        desk.move(minutes=1)
        later = api.get("/jobs")

    assert codes[-1] == 429 or refused.status_code == 429
    assert refused.json()["code"] == "rate_limited"
    assert int(refused.headers["Retry-After"]) >= 1
    assert later.status_code == 200


def test_x49_who_a_request_is_forwarded_for_is_not_believed(desk: Desk):
    with desk.http() as api:
        codes = [
            api.get(f"/runs/{number:026}", headers={"X-Forwarded-For": f"1.2.3.{number}"})
            for number in range(31)
        ]

    assert codes[-1].status_code == 429


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "X-Client-IP"]
)
def test_wrong_credentials_are_counted_by_who_sends_them_not_by_what_they_say(
    desk: Desk, header: str
):
    codes = []
    for n in range(BAD_CREDENTIALS.most + 1):
        with desk.http(f"hbr_wrong_{n}") as http:
            said = f"for=10.0.0.{n}" if header == "Forwarded" else f"10.0.0.{n}"
            codes.append(http.get("/runs", headers={header: said}).status_code)

    assert codes[0] == 401
    assert codes[-1] == 429
