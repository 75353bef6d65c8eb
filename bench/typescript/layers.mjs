// bench/applications/app.py behind middleware, served from code. Arguments: the port, the interpreter, the folder of app.py, the threads, the layers.

import { pythonApplication, serve } from 'gantry'
import { accessLog, bodyLimit, cors, requestId, responseHeaders } from 'gantry/middleware'

const [, , port, python, chdir, threads, layers] = process.argv

/** Takes part in everything, and changes nothing. */
const nothing = () => (application) => (environ, startResponse) =>
  application(environ, (status, headers, excInfo) => startResponse(status, headers, excInfo))

const STACKS = {
  none: [],
  nothing: [nothing()],
  'nothing-5': [nothing(), nothing(), nothing(), nothing(), nothing()],
  'response-headers': [responseHeaders({ preset: 'security' })],
  five: [
    requestId(),
    accessLog({ target: () => undefined }),
    responseHeaders({ preset: 'security' }),
    cors({ origins: ['https://shop.example'] }),
    bodyLimit({ maxBytes: '1MiB' }),
  ],
}

const application = pythonApplication('app:application', { python, chdir, workers: 1, threads })
await serve(application, { bind: `127.0.0.1:${port}`, middleware: STACKS[layers] })
