"""The demo's invented organisation and people; every figure in it is made up and says so."""

from lms.services.demo.people import seed_demo

__all__ = ["seed_demo"]
