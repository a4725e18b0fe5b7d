"""One HTTP session for each host, shared by the clients of this process, so that connections outlive a call."""

import logging
import os
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests

from operators.platforms.deadlines import TimedAdapter
from operators.platforms.public_hosts import PublicAdapter

# Its warnings tell whole addresses, gmag's with what signs the call. What goes wrong is told by us.
logging.getLogger("urllib3").setLevel(logging.ERROR)

Host = tuple[str, str | None, int | None, bool]

_sessions: dict[Host, requests.Session] = {}
# A child process gets copies of its parent's sockets: two who speak on one connection would read each other's answers.
os.register_at_fork(after_in_child=_sessions.clear)


def get_session(url: str, *, private_hosts_allowed: bool) -> requests.Session:
    """Return the session of an address' host.

    :raises ValueError: the address is none.
    """
    parts = urlsplit(url)
    host = (parts.scheme, parts.hostname, parts.port, private_hosts_allowed)
    # Two threads that come first at once agree on one of theirs.
    return _sessions.get(host) or _sessions.setdefault(host, _open_session(private_hosts_allowed))


def _open_session(private_hosts_allowed: bool) -> requests.Session:
    session = requests.Session()
    # Neither proxies nor .netrc of the environment: where a call goes is what the operator's row says.
    session.trust_env = False
    # One host may serve several of our operator accounts: what it gives one to keep must not reach it from another.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = TimedAdapter() if private_hosts_allowed else PublicAdapter()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
