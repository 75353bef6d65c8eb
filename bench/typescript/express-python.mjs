// bench/applications/app.py mounted under Express. Arguments: the port, the interpreter, the folder of app.py, the threads.

import express from 'express'
import { pythonApplication } from 'gantry'
import { toNodeListener } from 'gantry/adapters'

const [, , port, python, chdir, threads] = process.argv
const application = pythonApplication('app:application', { python, chdir, workers: 1, threads })
const app = express()

app.disable('etag')
app.disable('x-powered-by')
app.use('/', toNodeListener(application))
await application.ready()
app.listen(Number(port), '127.0.0.1')
