"""What `flanchat serve` refuses before it loads a model, on the command line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Main


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0: others can reach this address, so a token is needed"),
        (["--host", "::"], "a token is needed: FLANCHAT_TOKEN or --token-file"),
        (["--host", "example.com"], "--host example.com: expected an IP address"),
        (["--cors", "localhost"], "--cors localhost: expected an origin"),
        (["--cors", "http://a/b"], "--cors http://a/b: expected an origin without a path"),
        (["--port", "70000"], "70000"),
        (["--queue", "0"], "0"),
        (["--timeout", "nan"], "nan"),
        (["--profile", "nope"], "unknown profile nope"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_by_name(main: Main, arguments: list[str], what: str) -> None:
    ended = main("serve", *arguments)

    assert ended.status == 2
    assert what in ended.err


@pytest.mark.parametrize(
    ("content", "status", "what"),
    [(b"", 2, "the token is empty"), (b" \n", 2, "the token is empty"), (b"two words", 2, "only visible ASCII"),
     (b"t\xc3\xb6ken", 2, "only visible ASCII"), (None, 2, "No such file")],
)  # fmt: skip
def test_a_token_that_no_client_could_send_is_refused(
    main: Main, tmp_path: Path, content: bytes | None, status: int, what: str
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)

    ended = main("serve", "--token-file", "token")

    assert ended.status == status
    assert ended.err.startswith("flanchat: --token-file token: ")
    assert what in ended.err


def test_a_token_of_the_environment_is_checked_too(main: Main) -> None:
    ended = main("serve", env={"FLANCHAT_TOKEN": "two words"})

    assert (ended.status, ended.err) == (
        2, "flanchat: FLANCHAT_TOKEN: a token has only visible ASCII characters and no blank\n"
    )  # fmt: skip


def test_a_port_that_is_taken_is_refused_before_a_model_is_loaded(main: Main, socket_enabled: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = main("serve", "--port", port, "-m", "no/such-model")

    assert ended.status == 2
    assert ended.err.startswith(f"flanchat: cannot listen on 127.0.0.1, port {port}: ")
    assert ended.err.endswith("; choose with --host and --port\n")
