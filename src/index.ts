/// <reference types="node" preserve="true" />
// `gantry`: a server and Python applications in code.

export { GantryError } from './errors.ts'
export type { ErrorCode } from './errors.ts'
export { defineConfig } from './server/config-file.ts'
export type { Config } from './server/config-file.ts'
export { pythonApplication } from './server/python-application.ts'
export type { PythonApplication, PythonApplicationOptions } from './server/python-application.ts'
export { serve } from './server/serve.ts'
export type { ServeOptions, Server, ServerStats } from './server/serve.ts'
