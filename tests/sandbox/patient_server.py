"""An HTTP server for many callers at once, any of whom may hang up."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PatientServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is no error here."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class PatientHandler(BaseHTTPRequestHandler):
    """Keeps connections, and sends each answer as one piece."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
