"""What can stop the doctor itself, one class a meaning; the exit code sits on the class."""


class EnvdoctorError(Exception):
    """The doctor could not finish; the message says why and what to do next."""

    exit_code = 3


class UsageError(EnvdoctorError):
    """The command line or an input file was wrong; nothing was done."""

    exit_code = 2


class PatientNotFoundError(UsageError):
    """No interpreter could be examined under the given path."""


class KnowledgeError(EnvdoctorError):
    """A knowledge table breaks its schema; the message names the table, the row and the field."""
