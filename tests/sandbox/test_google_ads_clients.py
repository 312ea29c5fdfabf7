"""Google's own client and protos read the sandbox, unmodified.

The official client speaks gRPC only. The facade below hands its calls to the sandbox's
REST API and parses what comes back into Google's protos, which refuse any name or type
that is not theirs; tokens, headers, pages and errors are the sandbox's.
"""

import datetime
import ipaddress
import json
from concurrent import futures
from pathlib import Path

import httpx
import pytest

from .test_google_ads import FILES, MANAGER, SHOP

SERVICE = "google.ads.googleads.v26.services.GoogleAdsService"
FAILURE = "google.ads.googleads.v26.errors.googleadsfailure-bin"
QUERY = (
    "SELECT customer.id, campaign.id, campaign.name, campaign.status, segments.date, "
    "segments.device, segments.ad_network_type, metrics.clicks, metrics.cost_micros, "
    "metrics.conversions FROM campaign WHERE segments.date BETWEEN '2026-10-01' AND "
    "'2026-10-31' ORDER BY segments.date, metrics.clicks DESC"
)


class Facade:
    """A gRPC server in front of the sandbox.

    Attributes:
        calls: the requests that the client sent, as headers and body.
    """

    def __init__(self, url: str, folder: Path) -> None:
        import grpc

        self.url = url
        self.calls: list[tuple[dict, dict]] = []
        self.key_file = folder / "key.json"
        self.roots = folder / "cert.pem"
        key, certificate = _identity(self.key_file, self.roots, url)
        self._server = grpc.server(futures.ThreadPoolExecutor(2))
        credentials = grpc.ssl_server_credentials([(key, certificate)])
        port = self._server.add_secure_port("localhost:0", credentials)
        self.endpoint = f"localhost:{port}"
        self._server.add_generic_rpc_handlers((self._handlers(),))
        self._server.start()

    def _handlers(self):
        import grpc
        from google.ads.googleads.v26.services.types import google_ads_service as types

        return grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "SearchStream": grpc.unary_stream_rpc_method_handler(
                    self._stream,
                    types.SearchGoogleAdsStreamRequest.pb().FromString,
                    types.SearchGoogleAdsStreamResponse.pb().SerializeToString,
                ),
                "Search": grpc.unary_unary_rpc_method_handler(
                    self._search,
                    types.SearchGoogleAdsRequest.pb().FromString,
                    types.SearchGoogleAdsResponse.pb().SerializeToString,
                ),
            },
        )

    def _stream(self, request, context):
        from google.ads.googleads.v26.services.types import google_ads_service as types
        from google.protobuf import json_format

        body = {"query": request.query}
        for batch in self._ask(request.customer_id, "searchStream", body, context):
            answer = types.SearchGoogleAdsStreamResponse.pb()()
            yield json_format.ParseDict(batch, answer)

    def _search(self, request, context):
        from google.ads.googleads.v26.services.types import google_ads_service as types
        from google.protobuf import json_format

        body = {"query": request.query}
        body |= {"pageToken": request.page_token} if request.page_token else {}
        found = self._ask(request.customer_id, "search", body, context)
        return json_format.ParseDict(found, types.SearchGoogleAdsResponse.pb()())

    def _ask(self, customer_id: str, method: str, body: dict, context):
        import grpc
        from google.ads.googleads.v26.errors.types.errors import GoogleAdsFailure
        from google.protobuf import json_format

        sent = dict(context.invocation_metadata())
        headers = {
            name: sent[name]
            for name in ("authorization", "login-customer-id")
            if name in sent
        }
        self.calls.append((headers, body))
        path = f"{self.url}/v26/customers/{customer_id}/googleAds:{method}"
        answer = httpx.post(path, json=body, headers=headers)
        found = answer.json()
        if answer.status_code == 200:
            return found
        error = (found[0] if isinstance(found, list) else found)["error"]
        failure = error["details"][0]
        parsed = json_format.ParseDict(
            {name: value for name, value in failure.items() if name != "@type"},
            GoogleAdsFailure.pb()(),
        )
        context.set_trailing_metadata(
            (
                (FAILURE, parsed.SerializeToString()),
                ("request-id", answer.headers["request-id"]),
            )
        )
        return context.abort(grpc.StatusCode[error["status"]], error["message"])

    def stop(self) -> None:
        """Stop at once."""
        self._server.stop(None)


def _identity(key_file: Path, cert_file: Path, url: str) -> tuple[bytes, bytes]:
    """Write a service account's key and a certificate; return key and certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    cert_file.write_bytes(certificate)
    account = {
        "type": "service_account",
        "client_email": "sandbox-token@warehouse.example",
        "private_key_id": "1",
        "private_key": pem.decode(),
        "token_uri": f"{url}/token",
    }
    key_file.write_text(json.dumps(account))
    return pem, certificate


@pytest.fixture
def facade(serving, tmp_path, monkeypatch):
    """Return the running facade in front of a running sandbox."""
    url = serving(FILES, "as_of = 2026-11-18T20:00:00Z\n[google_ads]\npage_rows = 2\n")
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(tmp_path / "cert.pem"))
    running = Facade(url, tmp_path)
    yield running
    running.stop()


def test_the_official_client_reads_figures_pages_and_errors(facade):
    """Else our idea of Google's API is only our own."""
    from google.ads.googleads.client import GoogleAdsClient
    from google.ads.googleads.errors import GoogleAdsException

    client = GoogleAdsClient.load_from_dict(
        {
            "endpoint": facade.endpoint,
            "json_key_file_path": str(facade.key_file),
            "login_customer_id": MANAGER,
            "use_proto_plus": True,
        },
        version="v26",
    )
    service = client.get_service("GoogleAdsService")

    batches = list(service.search_stream(customer_id=SHOP, query=QUERY))
    assert [len(batch.results) for batch in batches] == [2, 1]
    rows = [row for batch in batches for row in batch.results]
    assert [
        (
            row.campaign.id,
            row.campaign.name,
            row.campaign.status.name,
            row.segments.date,
            row.segments.device.name,
            row.metrics.clicks,
            row.metrics.cost_micros,
            row.metrics.conversions,
        )
        for row in rows
    ] == [
        (1, "Brand", "ENABLED", "2026-10-01", "MOBILE", 3, 1_500_000, 0.75),
        (1, "Brand", "ENABLED", "2026-10-01", "DESKTOP", 1, 500_000, 0.25),
        (2, "Gone", "REMOVED", "2026-10-02", "MOBILE", 2, 2_000_000, 0.5),
    ]
    headers, _ = facade.calls[0]
    assert headers["login-customer-id"] == MANAGER
    assert headers["authorization"].startswith("Bearer ya29.")

    paged = service.search(customer_id=SHOP, query=QUERY)
    assert [row.campaign.id for row in paged] == [1, 1, 2]
    assert [bool(body.get("pageToken")) for _, body in facade.calls] == [
        False,
        False,
        True,
    ]

    with pytest.raises(GoogleAdsException) as refused:
        service.search(customer_id=SHOP, query="SELECT campaign.nme FROM campaign")
    [error] = refused.value.failure.errors
    assert error.error_code.query_error.name == "UNRECOGNIZED_FIELD"
    assert "campaign.nme" in error.message


def test_every_field_that_the_sandbox_knows_is_one_of_google_s(api_over, tmp_path):
    """Else a field that v26 does not have works here and not at Google."""
    from google.ads.googleads.v26.services.types import google_ads_service as types
    from google.protobuf.descriptor import FieldDescriptor

    from ingestion.sandbox.server.vendors.google_ads.fields import ENUMS, FIELDS

    kinds = {
        FieldDescriptor.TYPE_INT64: "int",
        FieldDescriptor.TYPE_INT32: "int32",
        FieldDescriptor.TYPE_DOUBLE: "double",
        FieldDescriptor.TYPE_BOOL: "bool",
        FieldDescriptor.TYPE_ENUM: "enum",
        FieldDescriptor.TYPE_STRING: "text",
    }
    for field, kind in FIELDS.items():
        message, found = types.GoogleAdsRow.pb().DESCRIPTOR, None
        for name in field.split("."):
            found = message.fields_by_name.get(name) or message.fields_by_name.get(
                f"{name}_"
            )
            assert found is not None, field
            message = found.message_type
        expected = {"date": "text"}.get(kind, kind)
        is_list = getattr(found, "is_repeated", False)
        assert ("list" if is_list else kinds[found.type]) == expected, field
        if field in ENUMS:
            assert ENUMS[field] <= set(found.enum_type.values_by_name), field


def test_every_row_of_the_generated_accounts_parses_into_google_s_protos(tmp_path):
    """Else a file of the company says what Google could never send."""
    from google.ads.googleads.v26.services.types import google_ads_service as types
    from google.protobuf import json_format

    from ingestion.sandbox.generator import google_ads
    from ingestion.sandbox.generator.company import SIZES
    from ingestion.sandbox.generator.founding import found_company

    google_ads.write(found_company(7, SIZES["small"]), tmp_path)
    files = sorted(tmp_path.glob("*.jsonl"))
    assert len(files) == 9
    for file in files:
        lines = file.read_text("utf-8").splitlines()
        # All objects, and of the figures enough to meet every kind of row.
        rows = [json.loads(line) for line in lines[:: max(len(lines) // 300, 1)]]
        answer = types.SearchGoogleAdsStreamResponse.pb()()
        json_format.ParseDict({"results": rows}, answer)
        assert len(answer.results) == len(rows)


def test_what_our_source_asks_for_is_answered_in_google_s_types(make_api):
    """Else a renamed field shows on the first live load only."""
    from google.ads.googleads.v26.services.types import google_ads_service as types
    from google.protobuf import json_format

    from ingestion.sources._google_ads_tables import (
        CONVERSION_ACTIONS,
        CUSTOMERS,
        FACTS,
        LISTS,
    )

    from .test_google_ads import form

    api = make_api(FILES, "as_of = 2026-11-18T20:00:00Z\n")
    token = api.post("/token", form(refresh_token="sandbox-token")).json()
    api.headers = {"Authorization": f"Bearer {token['access_token']}"}
    api.headers["login-customer-id"] = MANAGER
    for query in (CUSTOMERS, CONVERSION_ACTIONS, *LISTS, *FACTS):
        is_facts = query in FACTS
        condition = "segments.date BETWEEN '2026-10-01' AND '2026-10-31'"
        body = {"query": query.text(condition if is_facts else "")}
        for method, message in (
            ("search", types.SearchGoogleAdsResponse),
            ("searchStream", types.SearchGoogleAdsStreamResponse),
        ):
            answer = api.post(f"/v26/customers/{SHOP}/googleAds:{method}", body)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            for batch in found if isinstance(found, list) else [found]:
                json_format.ParseDict(batch, message.pb()())
