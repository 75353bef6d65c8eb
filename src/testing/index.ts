// `gantry/testing`: an application's tests, in process and without a socket.

export { TestAnswer } from './test-answer.ts'
export { TestClient, testClient } from './test-client.ts'
export type { TestClientOptions, TestRequest } from './test-client.ts'
