import { expect, test } from 'vitest'
import { banner } from '../../src/cli/banner.ts'

const process = { version: '0.1.0', nodeVersion: '20.20.2', pid: 4242 }

test('the banner keeps its layout, which scripts read', () => {
  const text = banner({
    ...process,
    addresses: ['http://127.0.0.1:8000', 'unix:/run/x.sock'],
    summary: {
      application: 'wsgiref.simple_server:demo_app',
      middleware: ['requestId', 'compress'],
      python: {
        application: 'wsgiref.simple_server:demo_app',
        version: '3.11.7',
        path: '/path/to/python',
        pathOrigin: 'PATH',
        workers: '2',
        workersOrigin: 'CPUs of this machine',
        threads: 4,
        threadsOrigin: 'default',
      },
      fronts: { count: 1, origin: 'default' },
    },
  })
  expect(text).toBe(`gantry 0.1.0 (node 20.20.2, pid 4242)
  application  wsgiref.simple_server:demo_app
  middleware   requestId, compress
  python       3.11.7 (/path/to/python, from PATH)
  workers      2 (CPUs of this machine) x 4 threads (default)
  listening    http://127.0.0.1:8000
  listening    unix:/run/x.sock
ready
`)
})

test('a TypeScript application has fronts in place of workers', () => {
  const text = banner({
    ...process,
    addresses: ['http://127.0.0.1:8000'],
    summary: {
      application: './app.ts:application (function, /srv/app.ts)',
      middleware: [],
      fronts: { count: 2, origin: 'CPUs of this machine' },
    },
  })
  expect(text).toBe(`gantry 0.1.0 (node 20.20.2, pid 4242)
  application  ./app.ts:application (function, /srv/app.ts)
  fronts       2 (CPUs of this machine)
  listening    http://127.0.0.1:8000
ready
`)
})
