import { afterAll, beforeAll } from 'vitest'
import { type PythonApplication, pythonApplication } from '../../src/index.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { describeEnviron, describeEveryMiddleware } from './describe-every-middleware.ts'

let application: PythonApplication

beforeAll(async () => {
  application = pythonApplication('behind_middleware:application', {
    chdir: FIXTURES,
    workers: 1,
    threads: 4,
    // Keeps Python from leaving its cache in the repository.
    env: ['PYTHONDONTWRITEBYTECODE=1'],
  })
  await application.ready()
})
afterAll(() => application.close())

describeEveryMiddleware('Python', () => application)
describeEnviron('Python', () => application)
