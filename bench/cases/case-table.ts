// Every case that can be measured, in the order of the report. A new case is one entry here.
import { join } from 'node:path'

import type { BenchCase } from './bench-case.ts'
import { idleCase } from './idle-case.ts'
import { loadCase } from './load-case.ts'
import { uploadCase } from './upload-case.ts'

const LOAD = join(import.meta.dirname, '..', 'load')

export const CASES: readonly BenchCase[] = [
  loadCase({
    name: 'hello-1k',
    title: 'GET, 1 KB answer, 64 keep-alive connections',
    path: '/1k',
    connections: 64,
    check: { method: 'GET', bodyBytes: 1024 },
  }),
  loadCase({
    name: 'hello-10k',
    title: 'GET, 10 KB answer, 64 keep-alive connections',
    path: '/10k',
    connections: 64,
    check: { method: 'GET', bodyBytes: 10 * 1024 },
  }),
  loadCase({
    name: 'echo-10k',
    title: 'POST of 10 KB, echoed, 64 keep-alive connections',
    path: '/echo',
    connections: 64,
    script: join(LOAD, 'echo-10k.lua'),
    check: { method: 'POST', bodyBytes: 10 * 1024 },
  }),
  loadCase({
    name: 'one',
    title: 'GET, 1 KB answer, 1 connection',
    path: '/1k',
    connections: 1,
    check: { method: 'GET', bodyBytes: 1024 },
    isAboutLatency: true,
  }),
  idleCase,
  uploadCase,
]

/** The case of `--javascript`. */
export const JAVASCRIPT_CASES: readonly BenchCase[] = [
  loadCase({
    name: 'javascript',
    title: 'GET, 1 KB answer, 64 keep-alive connections',
    path: '/1k',
    connections: 64,
    check: { method: 'GET', bodyBytes: 1024 },
    tellsFront: true,
  }),
]
