/// <reference types="node" preserve="true" />
// `gantry/testing`: an application's tests, in process and without a socket.

export { lint } from '../lint/lint.ts'
export type { LintOptions } from '../lint/lint.ts'
export type { Finding } from '../lint/finding.ts'
export type { RuleCode, Severity } from '../lint/rules.ts'
export { TestAnswer } from './test-answer.ts'
export { TestClient, testClient } from './test-client.ts'
export type { TestClientOptions, TestRequest } from './test-client.ts'
