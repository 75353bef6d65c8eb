// Which options are a Python application's own: each application of several may have its own of them, as may one in code.

/** Options of a Python application; all others are the server's. */
export const PYTHON_OPTIONS = [
  'python',
  'chdir',
  'pythonpath',
  'env',
  'lint',
  'workers',
  'threads',
  'preload',
  'growAfterMs',
  'shrinkAfterMs',
  'retryIdempotent',
  'maxRequests',
  'maxRequestsJitter',
  'maxWorkerAgeMs',
  'maxRss',
  'maxRssHard',
  'queueSize',
  'queueTimeoutMs',
  'interruptGraceMs',
  'bootTimeoutMs',
  'healthPath',
] as const

/** Options that a Python application and a server have a use for, each for itself. */
export const SHARED_OPTIONS = [
  'bodyMemoryBytes',
  'spoolDir',
  'spoolBytes',
  'requestTimeoutMs',
  'responseIdleTimeoutMs',
  'shutdownTimeoutMs',
] as const
