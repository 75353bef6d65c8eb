// How many processes and threads there are, and how they come to be.
import { optional, single } from '../option.ts'
import { toggle } from '../toggle.ts'
import { WORKER_RANGE, count, duration } from '../value-types.ts'

export const PROCESSES = {
  fronts: optional({
    group: 'Processes',
    metavariable: 'NUMBER',
    type: count(1, 1024),
    unset: '1 for a Python application, as many as the CPUs that the cgroup allows for a TypeScript one',
    inDevelopment: '1',
    help: 'How many processes take connections and run TypeScript. They share the listening sockets; limits of connections, of the queue and of the spool hold for each of them, and workers are shared out.',
    since: '0.1.0',
  }),
  workers: optional({
    group: 'Processes',
    metavariable: 'NUMBER',
    short: '-w',
    type: WORKER_RANGE,
    platform: { variable: 'WEB_CONCURRENCY', textOf: (count) => count },
    unset: 'as many as the CPUs that the cgroup allows',
    inDevelopment: '1',
    help: 'How many Python worker processes to run: a number, or MIN:MAX. Of a range, workers are added one at a time while requests wait longer than --grow-after, and taken away when one fewer would have done for --shrink-after.',
    since: '0.1.0',
    isCommon: true,
  }),
  threads: single({
    group: 'Processes',
    metavariable: 'NUMBER',
    type: count(1, 1024),
    default: '4',
    help: 'How many requests each worker serves at a time, each on a thread of its own. With 1 the application runs in the main thread.',
    since: '0.1.0',
    isCommon: true,
  }),
  preload: toggle({
    group: 'Processes',
    help: 'Imports the application once, in a process that then only forks workers: they start in milliseconds and share its memory. What the import leaves open, sockets and threads, is named in the log, as it does not survive a fork.',
    since: '0.1.0',
    isCommon: true,
  }),
  growAfterMs: single({
    group: 'Processes',
    metavariable: 'TIME',
    type: duration(10),
    default: '200ms',
    help: 'With a range of --workers: a worker is added when the oldest request waits this long for a thread.',
    since: '0.1.0',
  }),
  shrinkAfterMs: single({
    group: 'Processes',
    metavariable: 'TIME',
    type: duration(100),
    default: '60s',
    help: 'With a range of --workers: a worker is taken away when one fewer would have served all that came for this long.',
    since: '0.1.0',
  }),
  retryIdempotent: toggle({
    group: 'Processes',
    help: 'A GET, HEAD, OPTIONS, PUT or DELETE whose worker died before any byte of its answer is given to another worker, once. Not one whose body was streamed. Without it such a request is answered 502.',
    since: '0.1.0',
  }),
}
