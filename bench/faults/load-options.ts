// The options that scripts with a closed loop beside them share.

export const LOAD_OPTIONS = {
  connections: { default: 64, help: 'kept connections, each with one request at a time' },
  workMs: { default: 5, help: 'milliseconds that the application takes for a request' },
  pauseMs: { default: 5, help: 'milliseconds between an answer and the next request, on average' },
} as const

export const SERVER_OPTIONS = {
  python: { default: '', help: 'the interpreter of the workers' },
  checkout: { default: '', help: 'serve with the dist/ of another checkout' },
} as const
