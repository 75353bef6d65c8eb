/// <reference types="node" preserve="true" />
// `gantry/wsgi`: PEP 3333's interface in TypeScript.

export type {
  Application,
  ApplicationResult,
  Blocks,
  Middleware,
  StartResponse,
  Write,
} from './application.ts'
export type { Header } from './header.ts'
export type { Environ } from './environ.ts'
export type { ErrorStream } from './error-stream.ts'
export { inputStream } from './input-stream.ts'
export type { InputStream } from './input-stream.ts'
export { FileWrapper } from './file-wrapper.ts'
export type { FileHandleLike, ReadableFile, WrappableFile } from './file-wrapper.ts'
export { RequestCancelled, RequestContext } from './request-context.ts'
export { AssertionError } from './assertion-error.ts'
export { AnswerFailure } from './answer-failure.ts'
export { answerOf } from './answer-of.ts'
export type { ApplicationAnswer } from './answer-of.ts'
export { asApplication } from './as-application.ts'
export type { ApplicationClass, ApplicationLike, ApplicationObject } from './as-application.ts'
export { compose } from './application-parts.ts'
