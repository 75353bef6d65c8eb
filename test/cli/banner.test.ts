import { expect, test } from 'vitest'
import { banner } from '../../src/cli/banner.ts'

test('the banner keeps its layout, which scripts read', () => {
  const text = banner({
    version: '0.1.0',
    nodeVersion: '20.20.2',
    pid: 4242,
    addresses: ['http://127.0.0.1:8000', 'unix:/run/x.sock'],
    summary: {
      application: 'wsgiref.simple_server:demo_app',
      pythonVersion: '3.11.7',
      pythonPath: '/path/to/python',
      pythonOrigin: 'PATH',
      workers: 2,
      workersOrigin: 'CPUs of this machine',
      threads: 4,
      threadsOrigin: 'default',
    },
  })
  expect(text).toBe(`gantry 0.1.0 (node 20.20.2, pid 4242)
  application  wsgiref.simple_server:demo_app
  python       3.11.7 (/path/to/python, from PATH)
  workers      2 (CPUs of this machine) x 4 threads (default)
  listening    http://127.0.0.1:8000
  listening    unix:/run/x.sock
ready
`)
})
