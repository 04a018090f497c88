"""Signing in and out, the sign-in list, resets; slow towards a hammering, equal to all."""

from lms.services.signin.asking import House, Reader, SignedIn, find_signed_in
from lms.services.signin.entering import (
    TOUCH_EVERY,
    Entrance,
    end_other_signins,
    end_signin,
    find_entrance,
    find_owner_of_token,
    get_signin,
    list_signins,
    start_signin,
    touch_signin,
)
from lms.services.signin.links import get_link, issue_link, new_token, token_hash, use_address_link
from lms.services.signin.passwords import (
    change_password,
    common_passwords,
    hash_password,
    is_password,
    refuse_weak_password,
)
from lms.services.signin.slowing import WINDOW_SECONDS, count_try, seconds_left, seconds_to_wait

__all__ = [
    "TOUCH_EVERY",
    "WINDOW_SECONDS",
    "Entrance",
    "House",
    "Reader",
    "SignedIn",
    "change_password",
    "common_passwords",
    "count_try",
    "end_other_signins",
    "end_signin",
    "find_entrance",
    "find_owner_of_token",
    "find_signed_in",
    "get_link",
    "get_signin",
    "hash_password",
    "is_password",
    "issue_link",
    "list_signins",
    "new_token",
    "refuse_weak_password",
    "seconds_left",
    "seconds_to_wait",
    "start_signin",
    "token_hash",
    "touch_signin",
    "use_address_link",
]
