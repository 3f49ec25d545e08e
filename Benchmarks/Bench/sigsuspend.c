// Preloaded where the service runs under valgrind. Valgrind 3.19 takes a signal of its own out of the
// mask that sigsuspend(2) is given, in place; libdispatch, which parks the main thread so, keeps its mask in memory that
// can't be written, and valgrind ends there. So the call gets a copy.
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
  sigset_t copy = *mask;
  return (int)syscall(SYS_rt_sigsuspend, &copy, 8); // as many bytes as the kernel's set has
}
