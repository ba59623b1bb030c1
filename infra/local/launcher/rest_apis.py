"""ANY routes of a REST API.

SAM writes them into the API's body under a name of API Gateway's own, which MiniStack does not import: such a route would not exist.
"""

from typing import Any

from ministack.services import apigateway_v1 as apis

_plain_import_path_item = apis._import_path_item


def import_path_item(api: str, path: str, item: dict[str, Any], *rest: Any) -> None:
    """Import the methods of one path. MiniStack serves ANY methods that are created in another way."""
    named = {"any" if method == "x-amazon-apigateway-any-method" else method: operation for method, operation in item.items()}
    _plain_import_path_item(api, path, named, *rest)


def install() -> None:
    """Replace MiniStack's function, and let the method pass."""
    apis._OPENAPI_HTTP_METHODS = {*apis._OPENAPI_HTTP_METHODS, "any"}
    apis._import_path_item = import_path_item
