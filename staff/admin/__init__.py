"""The pages of the people who use the admin: who they are, what they may, and who is locked out."""

from staff.admin.lock_outs import LockOutAdmin
from staff.admin.people import PeopleAdmin, RoleAdmin

__all__ = ["LockOutAdmin", "PeopleAdmin", "RoleAdmin"]
