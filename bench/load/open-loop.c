/* An open-loop HTTP/1.1 load: requests are due at a fixed rate, whether or not earlier ones have been answered.
 *
 * A latency counts from the moment when the request was due, not from when it could be sent: a request that had to wait
 * for a free connection is charged for that (what a closed loop leaves out: "coordinated omission"). The client tells
 * its own lateness apart: how long after a request was due, or a connection had become free for it, it was sent. Where
 * that comes near the latencies, the client and not the server was measured.
 *
 * Before the first is due each connection is asked once, which is not counted: what is measured are connections that are in use, not
 * how all of them come at once.
 *
 * Arguments: port path connections rate seconds. Prints one line of JSON; times are in microseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_BYTES = 256 * 1024, DRAIN_NS = 2000000000 };

typedef enum { CLOSED, IDLE, CONNECTING, BUSY } State;

typedef struct {
  int fd;
  State state;
  int64_t due_ns, sent_ns, free_since_ns;
  size_t have;          /* bytes of the head that have come */
  long body_left;       /* -1: the head is not complete yet */
  int status, closes;
  char head[8192];
} Connection;

static struct sockaddr_in address;
static char request[1024];
static size_t request_bytes;
static int epoll_fd, count;
static Connection *connections, **free_stack;
static int free_count;
static uint32_t *latency_us, *service_us, *late_us;
static long answered, failed, bad_status, reconnects;
static char input[INPUT_BYTES];

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void release(Connection *c, State state) {
  c->state = state;
  c->free_since_ns = now_ns();
  free_stack[free_count++] = c;
}

static void drop(Connection *c) {
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
}

/* A request has come to nothing: it is counted, and its connection opened anew by the next one. */
static void fail(Connection *c) {
  drop(c);
  failed++;
  release(c, CLOSED);
}

static void begin_answer(Connection *c) {
  c->have = 0;
  c->body_left = -1;
  c->closes = 0;
  c->state = BUSY;
}

static void send_request(Connection *c) {
  begin_answer(c);
  if (send(c->fd, request, request_bytes, MSG_NOSIGNAL) != (ssize_t)request_bytes) fail(c);
}

static void open_connection(Connection *c) {
  int on = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
  c->state = CONNECTING;
  if (c->fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0 ||
      (connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS))
    fail(c);
}

static void start(Connection *c, int64_t due_ns, long index) {
  int64_t sent = now_ns();
  int64_t possible = c->free_since_ns > due_ns ? c->free_since_ns : due_ns;
  late_us[index] = (uint32_t)((sent - possible) / 1000);
  c->due_ns = due_ns;
  c->sent_ns = sent;
  if (c->state == CLOSED) {
    reconnects++;
    open_connection(c);
  } else {
    send_request(c);
  }
}

static void finish(Connection *c) {
  int64_t now = now_ns();
  if (c->status < 200 || c->status > 399) bad_status++;
  latency_us[answered] = (uint32_t)((now - c->due_ns) / 1000);
  service_us[answered] = (uint32_t)((now - c->sent_ns) / 1000);
  answered++;
  if (c->closes) drop(c);
  release(c, c->closes ? CLOSED : IDLE);
}

/* The head of an answer is complete: what follows it? Returns 0 where its length is not given. */
static int read_head(Connection *c) {
  c->head[c->have] = 0;
  char *length = strcasestr(c->head, "\r\ncontent-length:");
  if (sscanf(c->head, "HTTP/1.%*d %d", &c->status) != 1 || !length) return 0;
  c->body_left = strtol(length + 17, NULL, 10);
  c->closes = strcasestr(c->head, "\r\nconnection: close") != NULL;
  return 1;
}

/* Returns 0 when the answer cannot be read. */
static int take(Connection *c, const char *bytes, size_t n) {
  if (c->body_left < 0) {
    size_t room = sizeof c->head - 1 - c->have, part = n < room ? n : room, before = c->have;
    memcpy(c->head + before, bytes, part);
    c->have += part;
    char *end = memmem(c->head, c->have, "\r\n\r\n", 4);
    if (!end) return part == n;
    size_t used = (size_t)(end + 4 - c->head) - before;
    c->have = (size_t)(end + 4 - c->head);
    if (!read_head(c)) return 0;
    bytes += used;
    n -= used;
  }
  if ((long)n > c->body_left) return 0;
  c->body_left -= (long)n;
  if (c->body_left == 0) finish(c);
  return 1;
}

static void on_readable(Connection *c) {
  while (c->fd >= 0) {
    ssize_t n = recv(c->fd, input, sizeof input, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0 || c->state != BUSY) {
      /* The end of an idle connection is nobody's failure; it is opened anew when it is needed. */
      if (c->state == BUSY || c->state == CONNECTING) fail(c);
      else drop(c), c->state = CLOSED;
      return;
    }
    if (!take(c, input, (size_t)n)) {
      fail(c);
      return;
    }
    if ((size_t)n < sizeof input) return;
  }
}

static void on_event(Connection *c, uint32_t events) {
  if (c->state == CONNECTING && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) fail(c);
    else if (c->due_ns) send_request(c);
    else release(c, IDLE);
  }
  if (c->fd >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) on_readable(c);
}

static void poll_events(int timeout_ms) {
  struct epoll_event events[256];
  int n = epoll_wait(epoll_fd, events, 256, timeout_ms);
  for (int i = 0; i < n; i++) {
    Connection *c = events[i].data.ptr;
    on_event(c, events[i].events);
  }
}

static void open_all(void) {
  for (int i = 0; i < count; i++) open_connection(&connections[i]);
  int64_t deadline = now_ns() + DRAIN_NS;
  while (free_count < count && now_ns() < deadline) poll_events(10);
  if (failed || free_count < count) {
    fprintf(stderr, "open-loop: %ld of %d connections could not be opened\n", failed + count - free_count, count);
    exit(1);
  }
}

/* Asks each connection once, all at the same time. */
static void ask_all(void) {
  for (int i = 0; i < count; i++) start(free_stack[--free_count], now_ns(), 0);
  int64_t deadline = now_ns() + DRAIN_NS;
  while (free_count < count && now_ns() < deadline) poll_events(10);
  if (failed || free_count < count) {
    fprintf(stderr, "open-loop: %ld of %d connections were not answered\n", failed + count - free_count, count);
    exit(1);
  }
  answered = bad_status = reconnects = 0;
}

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static void print_percentiles(const char *name, uint32_t *values, long n) {
  static const double percentiles[] = {50, 90, 99, 99.9, 100};
  static const char *names[] = {"p50", "p90", "p99", "p999", "max"};
  qsort(values, (size_t)n, sizeof *values, by_size);
  printf(",\"%s\":{", name);
  for (int i = 0; i < 5; i++) {
    long rank = (long)(percentiles[i] / 100 * (double)n + 0.999999);
    printf("%s\"%s\":%u", i ? "," : "", names[i], n ? values[(rank < 1 ? 1 : rank) - 1] : 0);
  }
  printf("}");
}

int main(int argc, char **argv) {
  if (argc != 6) return fprintf(stderr, "usage: open-loop port path connections rate seconds\n"), 2;
  count = atoi(argv[3]);
  double rate = atof(argv[4]), seconds = atof(argv[5]);
  long total = (long)(rate * seconds);
  if (count < 1 || total < 1) return fprintf(stderr, "open-loop: nothing to do\n"), 2;
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)atoi(argv[1]));
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  request_bytes = (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", argv[2], argv[1]);
  epoll_fd = epoll_create1(0);
  connections = calloc((size_t)count, sizeof *connections);
  free_stack = calloc((size_t)count, sizeof *free_stack);
  /* Later unanswered requests are added to these: one place for each request that is due, or for those that ask all connections. */
  size_t places = (size_t)(total > count ? total : count);
  latency_us = calloc(places, sizeof *latency_us);
  service_us = calloc(places, sizeof *service_us);
  late_us = calloc(places, sizeof *late_us);
  open_all();
  ask_all();

  int64_t begin = now_ns(), last_send = begin;
  long next = 0;
  int64_t end = begin + (int64_t)(seconds * 1e9) + DRAIN_NS;
  while (answered + failed < total && now_ns() < end) {
    int64_t now = now_ns();
    while (next < total && free_count > 0) {
      int64_t due = begin + (int64_t)((double)next * 1e9 / rate);
      if (due > now) break;
      start(free_stack[--free_count], due, next++);
      last_send = now;
    }
    /* It spins, as a sleeping client wakes up late; only far from the next request it sleeps. */
    int64_t until_due = next < total ? begin + (int64_t)((double)next * 1e9 / rate) - now_ns() : 1000000;
    poll_events(until_due > 2000000 || free_count == 0 ? 1 : 0);
  }

  int64_t now = now_ns();
  long unanswered = total - answered - failed, k = answered;
  for (int i = 0; i < count; i++)
    if (connections[i].state == BUSY || connections[i].state == CONNECTING)
      latency_us[k++] = (uint32_t)((now - connections[i].due_ns) / 1000);
  for (long i = next; i < total; i++)
    latency_us[k++] = (uint32_t)((now - begin - (int64_t)((double)i * 1e9 / rate)) / 1000);
  printf("{\"due\":%ld,\"answered\":%ld,\"failed\":%ld,\"unanswered\":%ld,\"badStatus\":%ld,\"reconnects\":%ld,\"sendingSeconds\":%.6f",
         total, answered, failed, unanswered, bad_status, reconnects, (double)(last_send - begin) / 1e9);
  print_percentiles("latencyUs", latency_us, k);
  print_percentiles("serviceUs", service_us, answered);
  print_percentiles("lateUs", late_us, next);
  printf("}\n");
  return 0;
}
