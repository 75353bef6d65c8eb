// What waits in memory and on disk.
import { repeatable, single, type Place } from '../option.ts'
import { DIRECTORY, ROUTE, size } from '../value-types.ts'

export const BUFFERS = {
  streamRequests: repeatable({
    group: 'Buffers',
    metavariable: 'ROUTE',
    type: ROUTE,
    separator: ',',
    isList: true,
    default: [],
    help: 'Requests whose path is ROUTE or lies below it reach the application at once, and wsgi.input reads their bodies as they arrive. All others are handed over complete.',
    since: '0.1.0',
  }),
  bodyMemoryBytes: single({
    group: 'Buffers',
    metavariable: 'SIZE',
    type: size(0),
    default: '64MiB',
    help: 'How much of request bodies, of answers beyond --response-buffer-bytes, and of files on their way to fast clients, may be in the memory of one front at a time, all together and up to 1 MiB of each. What has no room goes to --spool-dir, but for bodies up to 64 KiB, which stay in memory in any case, and files, which are read in smaller pieces.',
    since: '0.1.0',
  }),
  spoolDir: single({
    group: 'Buffers',
    metavariable: 'DIR',
    type: DIRECTORY,
    default: {
      from: (place: Place) => place.temporaryDirectory,
      description: "the system's temporary directory",
    },
    help: 'Where request bodies that are not in memory are kept until the application has read them, in files that only gantry can open. When it is full the request is answered 507 and the connection closed.',
    since: '0.1.0',
  }),
  spoolBytes: single({
    group: 'Buffers',
    metavariable: 'SIZE',
    type: size(0),
    default: '8GiB',
    help: 'How much may lie in --spool-dir at a time, request bodies and answers together; answers take at most half of it. A request body beyond it is answered 503 with Retry-After and the connection closed.',
    since: '0.1.0',
  }),
  responseBufferBytes: single({
    group: 'Buffers',
    metavariable: 'SIZE',
    type: size(65_536),
    default: '64KiB',
    help: 'How much of an answer may wait in memory for a slow client in any case. Beyond it the answer may take its part of --body-memory-bytes, then goes on to --spool-dir.',
    since: '0.1.0',
  }),
  responseSpoolBytes: single({
    group: 'Buffers',
    metavariable: 'SIZE',
    type: size(0),
    default: '64MiB',
    help: 'How much of an answer may wait in --spool-dir. Beyond it the application is slowed down to what its client takes.',
    since: '0.1.0',
  }),
}
