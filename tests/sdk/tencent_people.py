"""Sub-accounts and roles of Tencent Cloud accounts and their credentials, as the admin API makes them."""

import secrets
from urllib.parse import quote

from tencent_support import SM, Kms


def caller(endpoint, credential, region=SM, **more) -> Kms:
    """A client with credentials that were issued; temporary ones come with their token."""
    access_id = credential.get("SecretId") or credential["TmpSecretId"]
    secret = credential.get("SecretKey") or credential["TmpSecretKey"]
    return Kms(endpoint, None, region, **{"access_id": access_id, "secret": secret, "token": credential.get("Token"), **more})


class Account:
    """An account of its own: its root, and who else there is."""

    def __init__(self, endpoint, admin, name, word=None):
        self.endpoint, self.call_admin, self.name = endpoint, admin, name
        self.word = word or f"test-{name}"
        self.root = Kms(endpoint, name)

    def admin(self, path, method="GET", body=None, status=200):
        found, answer = self.call_admin(f"tenants/tencent/{quote(self.word)}/{path}", method, body)
        assert found == status, (found, answer)
        return answer

    @property
    def uin(self) -> str:
        return str(self.root.describe(self.root.create()).AccountUin)

    def user(self, *actions, name=None, region=SM, **more) -> Kms:
        """A user who may do this; `denied_actions`, `resources`."""
        name = name or f"u{secrets.token_hex(6)}"
        made = self.admin(f"users/{name}", "PUT", {"actions": list(actions), **more})
        kms = caller(self.endpoint, self.admin(f"users/{name}/access-keys", "POST"), region)
        kms.user, kms.uin = name, made["id"]
        return kms

    def allow(self, kms, *actions, **more):
        """What a user may do from now on."""
        self.admin(f"users/{kms.user}", "PUT", {"actions": list(actions), **more})

    def session(self, path, seconds=900, **more) -> dict:
        """Temporary credentials: `users/NAME`, `roles/NAME`, or the account's own with an empty path."""
        return self.admin(f"{path}/sessions".lstrip("/"), "POST", {"duration_seconds": seconds, **more})
