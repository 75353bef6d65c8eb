// When a worker that is well is replaced.
import { single } from '../option.ts'
import { count, duration, size } from '../value-types.ts'

export const RECYCLING = {
  maxRequests: single({
    group: 'Recycling',
    metavariable: 'NUMBER',
    type: count(0, 1_000_000_000),
    default: '0',
    help: 'A worker is replaced after this many requests, or more: its replacement is ready before it retires, one worker at a time is replaced, and where CPUs are short booting takes a sixth of the time at the most. 0 means never.',
    since: '0.1.0',
    isCommon: true,
  }),
  maxRequestsJitter: single({
    group: 'Recycling',
    metavariable: 'NUMBER',
    type: count(0, 1_000_000_000),
    default: '0',
    help: 'Each worker serves up to this many requests more than --max-requests, by chance, so that not all are due together.',
    since: '0.1.0',
  }),
  maxWorkerAgeMs: single({
    group: 'Recycling',
    metavariable: 'TIME',
    type: duration(0),
    default: '0s',
    help: 'A worker is replaced when it has served for this long, in the same way. 0 means never.',
    since: '0.1.0',
  }),
  maxRss: single({
    group: 'Recycling',
    metavariable: 'SIZE',
    type: size(0),
    default: '0',
    help: 'A worker whose resident memory is larger is replaced, in the same way: its requests finish. 0 means any size.',
    since: '0.1.0',
  }),
  maxRssHard: single({
    group: 'Recycling',
    metavariable: 'SIZE',
    type: size(0),
    default: '0',
    help: 'A worker whose resident memory is larger is killed at once; its requests are answered 502. 0 means any size.',
    since: '0.1.0',
  }),
}
