"""Why a hub could not be asked, and what to do. Knows the network's errors and variables; knows no client."""

from __future__ import annotations

import errno
import importlib.util
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from flanchat.base.files import system_words
from flanchat.base.i18n import _, join_list

_LOCAL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO}
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_SOCKS = ("socks4", "socks4a", "socks5", "socks5h")


class Asked(Protocol):
    """What advice needs of a hub: see download.Hub."""

    login: str
    cache_variable: str
    environ: Mapping[str, str]


def explain(error: Exception, hub: Asked, timeout_s: float) -> tuple[str, str, bool]:
    """Cause, remedy, and whether the cause is on this machine.

    Quotes neither the client, which names addresses, nor the values of variables, which may hold passwords.
    """
    import socket
    import ssl

    causes, environ = list(_chain(error)), hub.environ
    network = _("check {things}, or use a model folder or the bundled model: demo").format(
        things=_both(_("the network"), _set(environ, _PROXIES) or [_("the proxy")])
    )
    status = next((s for e in causes if (s := getattr(getattr(e, "response", None), "status_code", None))), None)
    if status in (401, 403):
        answered = _("answered {status}: no such model, or no access to it").format(status=status)
        return answered, _("check the name, or {login}").format(login=hub.login), False
    if status == 404:
        return _("answered 404: no such model"), _("check the name and the revision"), False
    if status is not None:
        return _("answered {status}").format(status=status), _("try again later"), False
    for cause in causes:
        if isinstance(cause, ssl.SSLError):  # whose errno is not the system's
            if _wrong_certificates(environ):
                break
            certificates = _set(environ, _CERTIFICATES) or [_("the certificates of this machine")]
            remedy = _("check {things}").format(things=_both(_("the proxy"), certificates))
            return _("its certificate is not trusted"), remedy, False
        if isinstance(cause, socket.gaierror):
            return _("not reached: cannot resolve its name (no network or DNS?)"), network, False
        if isinstance(cause, OSError) and cause.errno not in (None, errno.ENOENT):
            if cause.errno in _LOCAL_ERRORS:
                remedy = _("make room, or set {variable} to another disk").format(variable=hub.cache_variable)
                return _("saving the download failed: {why}").format(why=system_words(cause.errno)), remedy, True
            return _("not reached: {why}").format(why=system_words(cause.errno)), network, False
    if any("Timeout" in type(cause).__name__ for cause in causes):
        return _("no answer within {seconds:g} s").format(seconds=timeout_s), network, False
    if wrong := _wrong_certificates(environ) or _wrong_proxy(environ, causes):
        return (*wrong, True)
    if any("Proxy" in type(cause).__name__ for cause in causes):
        return _("the proxy refused the connection"), network, False
    return _("not usable ({error})").format(error=type(error).__name__), network, False


def _wrong_certificates(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Cause and remedy when a variable names certificates that are not there."""
    import ssl

    for name in _set(environ, _CERTIFICATES):
        path, remedy = environ[name], _("set it to the certificates of this machine, or unset it")
        if not os.path.exists(path):
            return _("{name} names certificates that do not exist").format(name=name), remedy
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
                **{"capath" if os.path.isdir(path) else "cafile": path}
            )
        except OSError:
            return _("{name} names a file that holds no readable certificates").format(name=name), remedy
    return None


def _wrong_proxy(environ: Mapping[str, str], causes: Sequence[BaseException]) -> tuple[str, str] | None:
    """Cause and remedy when a variable names no proxy, or one of a kind that the client cannot use."""
    for name in _set(environ, _PROXIES):
        try:
            address = urlsplit(environ[name])
            scheme, host = address.scheme.lower(), address.hostname if address.port != 0 else None
        except ValueError:  # also for a port that is no number
            scheme, host = "", None
        if scheme in _SOCKS and host:
            # httpx fails to import the one, requests says "InvalidSchema" without the other
            package, module = "pysocks", "socks"
            if any(isinstance(cause, ImportError) for cause in causes):
                package = module = "socksio"
            if importlib.util.find_spec(module) is None:
                text = _("{name} is a socks proxy, which needs the package {package}")
                return text.format(name=name, package=package), f"pip install {package}"
        elif scheme not in ("http", "https") or not host or re.search(r"\s", environ[name]):
            return _("{name} is no address of a proxy").format(name=name), _("set it to http://HOST:PORT, or unset it")
    return None


def _set(environ: Mapping[str, str], names: Sequence[str]) -> list[str]:
    return [name for name in names if environ.get(name)]


def _both(first: str, others: Sequence[str]) -> str:
    *most, last = [first, *others]
    return _("{most} and {last}").format(most=join_list(most), last=last)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and its causes."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
