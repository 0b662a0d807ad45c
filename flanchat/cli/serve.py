"""`flanchat serve`: answers HTTP requests in the form of OpenAI's API."""

from __future__ import annotations

import ipaddress
import re
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import click

from flanchat.base.errors import UsageError
from flanchat.base.files import failed, open_regular
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment
from flanchat.cli.opening import find_model, new_transcript, open_engine, resolve_options
from flanchat.cli.options import ModelOptions, ProfilesOptions, SessionOptions, TypedPath, flag, option, takes
from flanchat.cli.sweep import BATCH_ELSEWHERE, BATCH_ON_CPU
from flanchat.engine.events import Decoding
from flanchat.prompting.profile_folders import profile_folders


@dataclass(frozen=True, kw_only=True)
class ServeOptions(ProfilesOptions, ModelOptions):
    """Where to listen, who may ask, and what is answered at a time."""

    profile: str | None = option(
        "-p", "--profile", envvar="FLANCHAT_PROFILE", metavar="NAME|FILE",
        help="Profile of requests that name none (default: plain).",
    )  # fmt: skip
    host: str = option(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="Address to listen on (default: 127.0.0.1); any that others can reach needs a token.",
    )  # fmt: skip
    port: int = option(
        "--port", type=click.IntRange(0, 65535), default=8001, metavar="N",
        help="Port to listen on (default: 8001); 0 takes a free one.",
    )  # fmt: skip
    token_file: Path | None = option(
        "--token-file", type=TypedPath(), metavar="FILE",
        help="Demand the token in FILE, or that in FLANCHAT_TOKEN, of every request.",
    )  # fmt: skip
    origins: tuple[str, ...] = option(
        "--cors",
        multiple=True,
        metavar="ORIGIN",
        help="Let web pages of this origin ask, such as http://localhost:3000.",
    )
    queue: int = option(
        "--queue", type=click.IntRange(min=1), default=256, metavar="N",
        help="Requests that may run or wait at a time (default: 256); others get status 429.",
    )  # fmt: skip
    timeout: int = option(
        "--timeout", type=click.IntRange(1, 86400), default=600, metavar="SECONDS",
        help="Longest time for a reply (default: 600).",
    )  # fmt: skip
    log: bool = flag("--log", help="Record questions and answers as a session.")


@click.command()
@takes(ServeOptions)
def serve(env: Environment, options: ServeOptions) -> None:
    """Answer HTTP requests in the form of OpenAI's API, many at a time. Ctrl-C ends it; docs/server.md describes it.

    \b
    flanchat serve -m flan-t5-base
    curl localhost:8001/v1/completions -d '{"prompt": "What is the capital of France?", "model": "flan-t5-base:qa"}'
    """
    try:
        from flanchat.serve.app import Limits, Service
        from flanchat.serve.http import Access
        from flanchat.serve.run import bind, run
    except ImportError:
        raise UsageError(_("flanchat serve needs Starlette and uvicorn: pip install 'flanchat[serve]'")) from None
    from flanchat.serve.batcher import Batcher
    from flanchat.serve.models import read_models
    from flanchat.serve.recorder import Recorder

    token, host = _token(env, options), "127.0.0.1" if options.host == "localhost" else options.host
    access = Access(token=token, is_local=_is_local(host), origins=_origins(options))
    if not access.is_local and not token:
        raise UsageError(
            _(
                "--host {host}: others can reach this address, so a token is needed: FLANCHAT_TOKEN or --token-file"
            ).format(host=host)
        )
    chosen = SessionOptions(
        model=options.model,
        base=options.base,
        device=options.device,
        profile=options.profile,
        profiles_folder=options.profiles_folder,
        no_log=not options.log,
    )
    resolved = resolve_options(env, chosen)
    profile = resolved.setup.profile
    options = replace(options, model=resolved.model, base=resolved.base, device=resolved.device)
    with closing(bind(host, options.port)) as listening:
        source, __ = find_model(env, options)
        models = read_models(source, profile, profile_folders(options.profiles_folder, env.environ))
        with closing(open_engine(env, options, source)) as engine:
            rows = BATCH_ON_CPU if engine.card().device.startswith("cpu") else BATCH_ELSEWHERE
            with (
                closing(Recorder(engine, resolved.setup, new_transcript(env, chosen, source), now=env.now)) as recorder,
                closing(Batcher(engine, rows, record=recorder.record)) as batcher,
            ):
                limits = Limits(requests=options.queue, answer_s=options.timeout)
                service = Service(
                    engine,
                    models,
                    batcher,
                    limits,
                    now=env.now,
                    note=env.complain,
                    top=Decoding().top if options.log else 0,
                    debug=options.debug,
                )
                batcher.start()
                address, port, *__ = listening.getsockname()
                url = f"http://{f'[{address}]' if ':' in address else address}:{port}/v1"
                listening.listen()  # who reads the next line may connect at once
                env.complain(_("{model} answers at {url}; Ctrl-C ends it").format(model=models.names[0], url=url))
                run(service.app(access), listening, answer_s=options.timeout, kill=engine.kill)


def _token(env: Environment, options: ServeOptions) -> str:
    """The token of the file or the environment; "" for none. It is never an argument, which every user can list."""
    where, token = "FLANCHAT_TOKEN", env.environ.get("FLANCHAT_TOKEN", "")
    if options.token_file is not None:
        where = f"--token-file {options.token_file}"
        try:
            with open(open_regular(options.token_file), "rb") as file:
                token = file.read(4096).decode("latin-1").strip()
        except OSError as error:
            raise UsageError(failed(where, error)) from error
        if not token:
            raise UsageError(_("{where}: the token is empty").format(where=where))
    if not re.fullmatch(r"[!-~]*", token):
        raise UsageError(_("{where}: a token has only visible ASCII characters and no blank").format(where=where))
    return token


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise UsageError(
            _("--host {host}: expected an IP address, such as 127.0.0.1 or 0.0.0.0").format(host=host)
        ) from None


def _origins(options: ServeOptions) -> tuple[str, ...]:
    for origin in options.origins:
        if origin != "*" and not re.fullmatch(r"https?://[\w.\[\]:-]+", origin, re.ASCII):
            raise UsageError(
                _("--cors {origin}: expected an origin without a path, such as http://localhost:3000").format(
                    origin=origin
                )
            )
    return options.origins
