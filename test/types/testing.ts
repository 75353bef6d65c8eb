// What must compile of `gantry/testing`, and what must not. Nothing here runs.

import { type TestAnswer, type TestClient, testClient } from '../../src/testing/index.ts'
import { type Application, type ApplicationAnswer, asApplication } from '../../src/wsgi/index.ts'

declare const application: Application

export const client: TestClient = testClient(application)
export const ofAnObject: TestClient = testClient({ call: () => [] }, { scriptName: '/shop', scheme: 'https' })
export const ofMade: TestClient = testClient(asApplication(application), { passthroughErrors: false })

export const got: Promise<TestAnswer> = client.get('/')
export const posted: Promise<TestAnswer> = client.post('/items', { body: '{}', headers: { Accept: '*/*' } })
export const repeated: Promise<TestAnswer> = client.request({
  method: 'PUT',
  headers: [
    ['X-One', '1'],
    ['X-One', '2'],
  ],
  body: new Uint8Array(2),
  environ: { 'shop.user': 'Ada' },
})
export const opened: Promise<ApplicationAnswer> = client.open({ target: '/stream' })

// @ts-expect-error: the target stands first, and not among the rest
void client.get({ target: '/' })
// @ts-expect-error: a method of its own is request()'s
void client.get('/', { method: 'PUT' })
// @ts-expect-error: a body is text or bytes
void client.post('/', { body: { name: 'rye' } })
// @ts-expect-error: there is no such scheme
testClient(application, { scheme: 'ftp' })
// @ts-expect-error: a misspelt option
testClient(application, { passThroughErrors: false })
// @ts-expect-error: a string is no application
testClient('shop.wsgi:application')
// @ts-expect-error: JSON is unknown until somebody has looked at it
void got.then((answer) => new Set(answer.json()))
// @ts-expect-error: a header may be missing
export const type: Promise<string> = got.then((answer) => answer.header('Content-Type'))
