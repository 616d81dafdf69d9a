"""A filter of system calls: no socket, no other program, no look into another process, no signal, no limit for one.

Landlock knows files and TCP; this closes the rest (UDP, raw and Unix sockets) also where no empty network namespace
can be had. See seccomp(2); unprivileged once no_new_privs is set.
"""

import ctypes
import platform

PR_SET_SECCOMP, MODE_FILTER = 22, 2
# Of linux/filter.h: load a word, jump if equal or not less, return.
LOAD, JUMP_EQUAL, JUMP_NOT_LESS, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000  # 13: EACCES
NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
X32 = 0x40000000
# socket, socketpair, execve, execveat, ptrace, process_vm_readv, process_vm_writev, io_uring_setup,
# kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal, pidfd_getfd
CALLS = {
    "x86_64": (0xC000003E, (41, 53, 59, 322, 101, 310, 311, 425, 62, 200, 234, 129, 297, 424, 438)),
    "aarch64": (0xC00000B7, (198, 199, 221, 281, 117, 270, 271, 425, 129, 130, 131, 138, 240, 424, 438)),
}
# prlimit64: the own limits only, which go by the number 0.
LIMITS = {"x86_64": 302, "aarch64": 261}


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def forbid() -> bool:
    """From now on those calls fail as not permitted. False where the kernel or the machine is unknown to us."""
    if platform.machine() not in CALLS:
        return False
    steps = _steps(*CALLS[platform.machine()], LIMITS[platform.machine()])
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    return not ctypes.CDLL(None).prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0)


def _steps(machine: int, forbidden: tuple[int, ...], limits: int) -> list[_Step]:
    """Another machine's calls (32 bit) have other numbers: who makes one is ended."""
    own = [_Step(JUMP_EQUAL, 0, 2, limits), _Step(LOAD, 0, 0, FIRST_ARGUMENT_AT), _Step(JUMP_EQUAL, 0, 1, 0)]
    far = len(forbidden) + len(own)
    checks = [_Step(JUMP_EQUAL, far - place, 0, number) for place, number in enumerate(forbidden)]
    return [
        _Step(LOAD, 0, 0, MACHINE_AT), _Step(JUMP_EQUAL, 1, 0, machine), _Step(RETURN, 0, 0, KILL),
        _Step(LOAD, 0, 0, NUMBER_AT), _Step(JUMP_NOT_LESS, 0, 1, X32), _Step(RETURN, 0, 0, KILL),
        *checks,
        *own,
        _Step(RETURN, 0, 0, ALLOW), _Step(RETURN, 0, 0, REFUSE),
    ]  # fmt: skip
