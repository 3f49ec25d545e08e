// An HTTP/1.1 load generator: one thread, epoll, keep-alive connections.
//
//   load --port N --requests FILE [--host A] [--connections N] [--seconds S] [--warmup S]
//        [--rate N] [--timeout MS] [--once] [--salt N]
//
// Closed loop: each connection sends its next request when it has the answer to the last one. Open loop (--rate):
// requests are due at fixed intervals whatever the server does, latency counts from when a request was due, and one that
// is not answered within --timeout gives its connection up, as Centrifugo does; what is due is sent and what came is read every
// half a millisecond. --once sends every prepared request once,
// in the file's order, and ends; a request waits for the one that it names as the one before it.
//
// FILE has classes of prepared requests, one of which is chosen by weight and then one of its requests at random:
//
//   class NAME WEIGHT COUNT\n  and COUNT times  LENGTH\n, that many bytes, \n
//
// In a request, "############" is replaced by twelve hexadecimal digits that no other request of this run has; a file of
// --once gives its classes in order, each request of a class following that of the same place in the class before.
//
// Prints one line of JSON: requests, rates, latencies in microseconds by class and by decision. A decision is read from
// the first bytes of the body: result, expired, "error CODE", "disconnect CODE", or "status CODE"; "late" is a result after
// the time-out, counted from when the request was due. Of an open loop also how many requests were due, and "behind": how long
// after that those were begun that had a connection, which is the generator's own lateness.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  most_classes = 16,
  most_decisions = 32,
  most_request = 8192,
  buffer_bytes = 262144,
  // Latencies: 128 steps to each doubling, so a value is off by less than 1 %.
  steps_bits = 7,
  buckets = 27 << steps_bits,
};

static const char place_holder[] = "############";

static void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

static void *allocated(size_t size) {
  void *memory = calloc(1, size ? size : 1);
  if (!memory) die("out of memory");
  return memory;
}

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// ---- Latencies

struct histogram {
  uint64_t count, max_ns, sum_us;
  uint32_t *buckets;
};

static size_t bucket_of(uint64_t us) {
  if (us < (2u << steps_bits)) return (size_t)us;
  unsigned high = 63u - (unsigned)__builtin_clzll(us);
  unsigned shift = high - steps_bits;
  size_t bucket = ((size_t)(shift + 1) << steps_bits) + (size_t)((us >> shift) - (1u << steps_bits));
  return bucket < buckets ? bucket : buckets - 1;
}

// The middle of a bucket, in microseconds.
static double value_of(size_t bucket) {
  if (bucket < (2u << steps_bits)) return (double)bucket;
  unsigned shift = (unsigned)(bucket >> steps_bits) - 1;
  uint64_t low = ((bucket & ((1u << steps_bits) - 1)) + (1u << steps_bits)) << shift;
  return (double)low + (double)(1ull << shift) / 2;
}

static void record(struct histogram *histogram, uint64_t ns) {
  if (!histogram->buckets) histogram->buckets = allocated(buckets * sizeof(uint32_t));
  histogram->buckets[bucket_of(ns / 1000)]++;
  histogram->count++;
  histogram->sum_us += ns / 1000;
  if (ns > histogram->max_ns) histogram->max_ns = ns;
}

static double percentile(const struct histogram *histogram, double share) {
  if (!histogram->count) return 0;
  uint64_t rank = (uint64_t)(share * (double)(histogram->count - 1)), seen = 0;
  for (size_t bucket = 0; bucket < buckets; bucket++) {
    seen += histogram->buckets[bucket];
    if (seen > rank) return value_of(bucket);
  }
  return (double)histogram->max_ns / 1000;
}

static void print_latencies(const struct histogram *h) {
  printf("{\"count\":%llu,\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
         (unsigned long long)h->count, h->count ? (double)h->sum_us / (double)h->count : 0, percentile(h, 0.5),
         percentile(h, 0.9), percentile(h, 0.99), percentile(h, 0.999), (double)h->max_ns / 1000);
}

// ---- Prepared requests

struct request {
  char *bytes;
  uint32_t length;
  int32_t holder;  // where the digits go; -1 for nowhere
};

struct class {
  char name[32];
  double weight, until;  // until: the sum of weights up to here, as a share
  size_t count;
  struct request *requests;
  struct histogram latencies;
};

struct decision {
  char name[32];
  struct histogram latencies;
};

static struct class classes[most_classes];
static size_t class_count;
static struct decision decisions[most_decisions];
static size_t decision_count;

static void read_requests(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) die("%s: %s", path, strerror(errno));
  double sum = 0;
  struct class *class;
  while (class = &classes[class_count], fscanf(file, "class %31s %lf %zu\n", class->name, &class->weight, &class->count) == 3) {
    if (++class_count == most_classes) die("too many classes");
    class->requests = allocated(class->count * sizeof(struct request));
    sum += class->weight;
    for (size_t i = 0; i < class->count; i++) {
      struct request *request = &class->requests[i];
      if (fscanf(file, "%u", &request->length) != 1 || fgetc(file) != '\n' || request->length > most_request)
        die("%s: a length is missing or too large in class %s", path, class->name);
      request->bytes = allocated(request->length);
      if (fread(request->bytes, 1, request->length, file) != request->length || fgetc(file) != '\n')
        die("%s: it ends within a request", path);
      char *holder = memmem(request->bytes, request->length, place_holder, sizeof place_holder - 1);
      request->holder = holder ? (int32_t)(holder - request->bytes) : -1;
    }
  }
  fclose(file);
  if (!class_count) die("%s: no requests", path);
  double until = 0;
  for (size_t i = 0; i < class_count; i++) classes[i].until = (until += classes[i].weight) / sum;
  classes[class_count - 1].until = 2;
}

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_bits(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  return random_state ^= random_state << 17;
}

static uint64_t made;  // the number of the next request; its digits are a permutation of it
static uint64_t salt;

static void write_digits(char *at) {
  // Odd, so no two numbers of 48 bits meet; far apart, as the ids of clients are.
  uint64_t value = ((salt << 32 | made++) * 0x5851f42d4c957f2du) & 0xffffffffffffu;
  for (int i = 11; i >= 0; i--, value >>= 4) at[i] = "0123456789abcdef"[value & 15];
}

// ---- Connections

struct connection {
  int descriptor;
  bool is_open, is_busy, is_connecting;
  uint8_t class;
  uint32_t sent, length, received;
  uint64_t due;         // when the request was to be sent
  int64_t place;        // with --once: which request it is
  uint32_t generation;  // counts requests, so that an old time-out meets no new one
  struct connection *next_idle;
  char *input;
  char output[most_request];
};

static struct sockaddr_in address;
static int poller;
static struct connection *connections;
static size_t connection_count, opened;
static struct connection *idle;

static uint64_t counting_from, ends_at;
static uint64_t errors_connect, errors_reset, errors_reply, timeouts, unsent, finished;
static uint64_t due_count;       // open loop: requests that were due while it counted
static struct histogram behind;  // and how long after that they were begun, where a connection was free
static double rate;
// How often an open loop looks at the clock and at its connections, in nanoseconds.
static const long tick_ns = 500000;
static uint64_t timeout_ns = 1000000000u;
static bool once;

// With --once: what may be sent. A request of the second class and later waits for the one before it.
static size_t next_fresh, *ready, ready_head, ready_tail, outstanding;

static void mark(struct connection *c, uint32_t events, int operation) {
  struct epoll_event event = {.events = events | EPOLLET, .data.ptr = c};
  if (epoll_ctl(poller, operation, c->descriptor, &event) != 0) die("epoll_ctl: %s", strerror(errno));
}

static bool open_connection(struct connection *c) {
  c->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->descriptor < 0) {
    errors_connect++;
    return false;
  }
  int on = 1;
  setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  c->is_connecting = connect(c->descriptor, (struct sockaddr *)&address, sizeof address) != 0;
  if (c->is_connecting && errno != EINPROGRESS) {
    close(c->descriptor);
    errors_connect++;
    return false;
  }
  c->is_open = true;
  c->received = 0;
  mark(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
  return true;
}

static void close_connection(struct connection *c) {
  close(c->descriptor);
  c->is_open = c->is_busy = c->is_connecting = false;
}

static void put_idle(struct connection *c) {
  c->is_busy = false;
  c->next_idle = idle;
  idle = c;
}

// False where the connection failed.
static bool flush(struct connection *c) {
  while (c->sent < c->length) {
    ssize_t count = send(c->descriptor, c->output + c->sent, c->length - c->sent, MSG_NOSIGNAL);
    if (count > 0) c->sent += (uint32_t)count;
    else if (errno == EAGAIN) return true;
    else if (errno != EINTR) return false;
  }
  return true;
}

static bool begin(struct connection *c, size_t class, size_t place, uint64_t due) {
  const struct request *request = &classes[class].requests[place];
  memcpy(c->output, request->bytes, request->length);
  if (request->holder >= 0) write_digits(c->output + request->holder);
  c->class = (uint8_t)class;
  c->sent = 0;
  c->length = request->length;
  c->due = due;
  c->is_busy = true;
  c->generation++;
  return c->is_connecting || flush(c);
}

static bool begin_any(struct connection *c, uint64_t due) {
  size_t class = 0;
  if (class_count > 1) {
    double share = (double)(random_bits() >> 11) * 0x1p-53;
    while (classes[class].until <= share) class++;
  }
  return begin(c, class, random_bits() % classes[class].count, due);
}

// The next of --once's requests; false where none can be sent now.
static bool take_next(size_t *class, size_t *place) {
  if (ready_head < ready_tail) {
    size_t which = ready[ready_head++];
    *class = which % class_count;
    *place = which / class_count;
    return true;
  }
  if (next_fresh == classes[0].count) return false;
  *class = 0;
  *place = next_fresh++;
  return true;
}

static struct decision *decision_named(const char *name) {
  for (size_t i = 0; i < decision_count; i++)
    if (strcmp(decisions[i].name, name) == 0) return &decisions[i];
  if (decision_count == most_decisions) die("too many kinds of decisions");
  snprintf(decisions[decision_count].name, sizeof decisions[0].name, "%s", name);
  return &decisions[decision_count++];
}

static struct decision *result_decision;

static struct decision *decision_of(int status, const char *body, size_t length) {
  static const char result[] = "{\"result\":", expired[] = "{\"expired\":true", error[] = "{\"error\":{\"code\":",
                    end[] = "{\"disconnect\":{\"code\":";
  char name[32];
  if (status != 200) {
    snprintf(name, sizeof name, "status %d", status);
  } else if (length > sizeof result && memcmp(body, result, sizeof result - 1) == 0) {
    if (length < sizeof result + sizeof expired || memcmp(body + sizeof result - 1, expired, sizeof expired - 1) != 0) {
      if (!result_decision) result_decision = decision_named("result");
      return result_decision;
    }
    snprintf(name, sizeof name, "expired");
  } else if (length > sizeof error && memcmp(body, error, sizeof error - 1) == 0) {
    snprintf(name, sizeof name, "error %d", atoi(body + sizeof error - 1));
  } else if (length > sizeof end && memcmp(body, end, sizeof end - 1) == 0) {
    snprintf(name, sizeof name, "disconnect %d", atoi(body + sizeof end - 1));
  } else {
    snprintf(name, sizeof name, "other");
  }
  return decision_named(name);
}

// The whole length of the answer in the buffer: 0 where more is to come, -1 where it is none that is understood.
static ssize_t answer_length(const char *bytes, size_t count, int *status, const char **body, bool *closes) {
  const char *end = memmem(bytes, count, "\r\n\r\n", 4);
  if (!end) return 0;
  if (count < 13 || memcmp(bytes, "HTTP/1.1 ", 9) != 0) return -1;
  *status = atoi(bytes + 9);
  *body = end + 4;
  *closes = false;
  long length = -1;
  for (const char *line = memchr(bytes, '\n', (size_t)(end - bytes)); line && line < end;
       line = memchr(line + 1, '\n', (size_t)(end - line - 1))) {
    if ((line[1] | 32) == 'c' && strncasecmp(line + 1, "content-length:", 15) == 0) length = atol(line + 16);
    if ((line[1] | 32) == 'c' && strncasecmp(line + 1, "connection: close", 17) == 0) *closes = true;
  }
  if (length < 0) return -1;
  size_t whole = (size_t)(*body - bytes) + (size_t)length;
  if (whole > buffer_bytes) return -1;
  return count >= whole ? (ssize_t)whole : 0;
}

static void go_on(struct connection *c, uint64_t now);

static void restart(struct connection *c, uint64_t now) {
  close_connection(c);
  if (once) outstanding--;
  if (now >= ends_at) return;
  if (open_connection(c)) go_on(c, now);
  else if (rate > 0) put_idle(c);  // to be opened when it is wanted next
}

struct waiting {
  struct connection *connection;
  uint32_t generation;
  uint64_t gives_up;
};
// In the order of their ends, as all wait equally long.
static struct waiting *waits;
static size_t waits_head, waits_tail, waits_size = 1 << 20;

static void await_answer(struct connection *c, uint64_t now) {
  if (waits_tail - waits_head < waits_size)
    waits[waits_tail++ % waits_size] = (struct waiting){c, c->generation, now + timeout_ns};
}

static uint64_t due_next, backlog;  // open loop: when the next request is due, and how many wait for a connection
static uint64_t interval_ns;

static void go_on(struct connection *c, uint64_t now) {
  if (rate > 0) {
    if (backlog > 0) {
      // The oldest of those that wait; they are due at equal intervals.
      uint64_t due = due_next - backlog * interval_ns;
      backlog--;
      if (begin_any(c, due)) await_answer(c, now);
      else restart(c, now);
    } else {
      put_idle(c);
    }
  } else if (once) {
    size_t class, place;
    if (take_next(&class, &place)) {
      c->place = (int64_t)place;
      outstanding++;
      if (!begin(c, class, place, now)) {
        errors_reset++;
        restart(c, now);
      }
    } else {
      put_idle(c);
    }
  } else if (now < ends_at) {
    if (!begin_any(c, now)) {
      errors_reset++;
      restart(c, now);
    }
  } else {
    c->is_busy = false;
  }
}

static void finish(struct connection *c, struct decision *decision, uint64_t now) {
  finished++;
  // Good, and nobody waits for it any more.
  if (rate > 0 && decision == result_decision && now - c->due > timeout_ns) decision = decision_named("late");
  if (c->due >= counting_from && (rate > 0 ? c->due : now) < ends_at) {
    record(&classes[c->class].latencies, now - c->due);
    record(&decision->latencies, now - c->due);
  }
  if (once) {
    outstanding--;
    // A refused connect is followed by nothing.
    if (c->class + 1u < class_count && decision == result_decision)
      ready[ready_tail++] = (size_t)c->place * class_count + c->class + 1;
  }
}

static void receive(struct connection *c) {
  while (c->is_open) {
    ssize_t count = recv(c->descriptor, c->input + c->received, buffer_bytes - c->received, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    uint64_t now = now_ns();
    if (count <= 0) {
      bool was_busy = c->is_busy;
      if (!was_busy) {
        // An idle connection that the server closed: it is among the idle ones, and is opened again when it is used.
        close_connection(c);
        return;
      }
      errors_reset++;
      restart(c, now);
      return;
    }
    bool is_last = c->received + (size_t)count < buffer_bytes;
    c->received += (uint32_t)count;
    int status;
    const char *body;
    bool closes;
    ssize_t whole = answer_length(c->input, c->received, &status, &body, &closes);
    if (whole < 0 || (whole > 0 && !c->is_busy)) {
      errors_reply++;
      restart(c, now);
      return;
    }
    if (whole > 0) {
      finish(c, decision_of(status, body, (size_t)(c->input + whole - body)), now);
      c->received = 0;
      if (closes) {
        if (once) outstanding++;
        restart(c, now);
      } else {
        go_on(c, now);
      }
    }
    // Less than there was room for: a later arrival makes another event.
    if (is_last) return;
  }
}

static void handle(struct connection *c, uint32_t events) {
  if (!c->is_open) return;
  if (c->is_connecting && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(c->descriptor, SOL_SOCKET, SO_ERROR, &problem, &size);
    if (problem) {
      errors_connect++;
      bool was_busy = c->is_busy;
      close_connection(c);
      if (once && was_busy) outstanding--;
      if (rate > 0 && was_busy) put_idle(c);
      return;
    }
    c->is_connecting = false;
  }
  if ((events & EPOLLOUT) && c->is_busy && c->sent < c->length && !flush(c)) {
    errors_reset++;
    restart(c, now_ns());
    return;
  }
  if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) receive(c);
}

// ---- Open loop

static void send_due(uint64_t now) {
  while (due_next <= now && due_next < ends_at) {
    struct connection *c = NULL;
    while (idle) {
      c = idle;
      idle = c->next_idle;
      if (c->is_open || open_connection(c)) break;
      c = NULL;
    }
    if (!c && opened < connection_count) {
      c = &connections[opened++];
      c->input = allocated(buffer_bytes);
      if (!open_connection(c)) c = NULL;
    }
    bool is_counted = due_next >= counting_from;
    if (is_counted) due_count++;
    if (is_counted && c) record(&behind, now_ns() - due_next);
    due_next += interval_ns;
    if (!c) {
      backlog++;
      continue;
    }
    if (!begin_any(c, due_next - interval_ns)) {
      errors_reset++;
      close_connection(c);
      put_idle(c);
      continue;
    }
    await_answer(c, now);
  }
  // Who has waited too long for a connection has given up too.
  while (backlog > 0 && due_next - backlog * interval_ns + timeout_ns <= now) {
    if (due_next - backlog * interval_ns >= counting_from) unsent++;
    backlog--;
  }
  while (waits_head < waits_tail && waits[waits_head % waits_size].gives_up <= now) {
    struct waiting *wait = &waits[waits_head++ % waits_size];
    struct connection *c = wait->connection;
    if (!c->is_busy || c->generation != wait->generation || !c->is_open) continue;
    if (c->due >= counting_from && c->due < ends_at) timeouts++;
    close_connection(c);
    put_idle(c);
  }
}

static void print_report(double seconds, double cpu) {
  uint64_t counted = 0;
  for (size_t i = 0; i < decision_count; i++) counted += decisions[i].latencies.count;
  printf("{\"seconds\":%.3f,\"requests\":%llu,\"rate\":%.1f,\"connections\":%zu,\"answered\":%llu,\"generator_seconds\":%.4f,"
         "\"errors\":{\"connect\":%llu,\"reset\":%llu,\"reply\":%llu,\"timeout\":%llu,\"unsent\":%llu",
         seconds, (unsigned long long)counted, (double)counted / seconds, rate > 0 ? opened : connection_count,
         (unsigned long long)finished, cpu, (unsigned long long)errors_connect,
         (unsigned long long)errors_reset, (unsigned long long)errors_reply, (unsigned long long)timeouts,
         (unsigned long long)unsent);
  if (rate > 0) {
    printf("},\"due\":%llu,\"behind\":", (unsigned long long)due_count);
    print_latencies(&behind);
    printf(",\"decisions\":{");
  } else {
    printf("},\"decisions\":{");
  }
  for (size_t i = 0, shown = 0; i < decision_count; i++) {
    if (!decisions[i].latencies.count) continue;
    printf("%s\"%s\":", shown++ ? "," : "", decisions[i].name);
    print_latencies(&decisions[i].latencies);
  }
  printf("},\"classes\":{");
  for (size_t i = 0, shown = 0; i < class_count; i++) {
    if (!classes[i].latencies.count) continue;
    printf("%s\"%s\":", shown++ ? "," : "", classes[i].name);
    print_latencies(&classes[i].latencies);
  }
  struct histogram all = {.buckets = allocated(buckets * sizeof(uint32_t))};
  for (size_t i = 0; i < decision_count; i++) {
    const struct histogram *one = &decisions[i].latencies;
    if (!one->count) continue;
    for (size_t bucket = 0; bucket < buckets; bucket++) all.buckets[bucket] += one->buckets[bucket];
    all.count += one->count;
    all.sum_us += one->sum_us;
    if (one->max_ns > all.max_ns) all.max_ns = one->max_ns;
  }
  printf("},\"latency\":");
  print_latencies(&all);
  printf("}\n");
}

int main(int count, char **arguments) {
  const char *host = "127.0.0.1", *path = NULL;
  int port = 0;
  double seconds = 5, warmup = 0;
  connection_count = 64;
  for (int i = 1; i < count; i++) {
    const char *name = arguments[i], *value = i + 1 < count ? arguments[i + 1] : "";
    if (strcmp(name, "--once") == 0) {
      once = true;
      continue;
    }
    i++;
    if (strcmp(name, "--host") == 0) host = value;
    else if (strcmp(name, "--port") == 0) port = atoi(value);
    else if (strcmp(name, "--requests") == 0) path = value;
    else if (strcmp(name, "--connections") == 0) connection_count = strtoul(value, NULL, 10);
    else if (strcmp(name, "--seconds") == 0) seconds = atof(value);
    else if (strcmp(name, "--warmup") == 0) warmup = atof(value);
    else if (strcmp(name, "--rate") == 0) rate = atof(value);
    else if (strcmp(name, "--timeout") == 0) timeout_ns = strtoull(value, NULL, 10) * 1000000u;
    else if (strcmp(name, "--salt") == 0) salt = strtoull(value, NULL, 10) & 0xffff;
    else die("%s is no option", name);
  }
  if (!path || !port || !connection_count || seconds <= 0) die("--port, --requests and some --connections are wanted");
  address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) die("%s is no IPv4 address", host);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  random_state += salt * 0x2545f4914f6cdd1du + 1;

  read_requests(path);
  poller = epoll_create1(EPOLL_CLOEXEC);
  connections = allocated(connection_count * sizeof *connections);
  if (once) {
    for (size_t i = 1; i < class_count; i++)
      if (classes[i].count != classes[0].count) die("--once wants classes of equal counts");
    ready = allocated((class_count * classes[0].count + 1) * sizeof *ready);
    result_decision = decision_named("result");
  }

  uint64_t started = now_ns();
  counting_from = started + (uint64_t)(warmup * 1e9);
  ends_at = once ? UINT64_MAX : counting_from + (uint64_t)(seconds * 1e9);
  if (rate > 0) {
    waits = allocated(waits_size * sizeof *waits);
    interval_ns = (uint64_t)(1e9 / rate);
    due_next = started;
  } else {
    for (; opened < connection_count; opened++) {
      struct connection *c = &connections[opened];
      c->input = allocated(buffer_bytes);
      if (open_connection(c)) go_on(c, now_ns());
    }
  }

  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  static struct epoll_event events[512];
  uint64_t now;
  // An open loop hears out what was sent before its end.
  uint64_t last = ends_at == UINT64_MAX ? UINT64_MAX : ends_at + (rate > 0 ? timeout_ns : 0);
  while ((now = now_ns()) < last) {
    int milliseconds = 100;
    if (rate > 0) {
      send_due(now);
      // Not woken for each call and each answer: at a high rate that takes a third of a processor from what is measured, and
      // has whoever answers pay for waking this.
      nanosleep(&(struct timespec){0, tick_ns}, NULL);
      milliseconds = 0;
    } else if (once) {
      if (!outstanding && ready_head == ready_tail && next_fresh == classes[0].count) break;
      // What became ready meanwhile goes to connections that had nothing to do.
      while (idle && (ready_head < ready_tail || next_fresh < classes[0].count)) {
        struct connection *c = idle;
        idle = c->next_idle;
        if (c->is_open || open_connection(c)) go_on(c, now);
      }
      if (now - started > 300000000000u) die("the requests are not answered");
    } else {
      milliseconds = (int)((last - now) / 1000000) + 1;
    }
    int many;
    do {
      many = epoll_wait(poller, events, 512, milliseconds < 100 ? milliseconds : 100);
      for (int i = 0; i < many; i++) handle(events[i].data.ptr, events[i].events);
      // What is due comes before what came.
    } while (rate > 0 && many == 512 && due_next > now_ns());
  }
  getrusage(RUSAGE_SELF, &after);
  double cpu = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
               1e-6 * (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec -
                               before.ru_stime.tv_usec);
  print_report(once ? (double)(now_ns() - started) / 1e9 : seconds, cpu);
  return 0;
}
