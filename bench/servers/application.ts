// The Python applications that servers are measured with, all in bench/applications/.

export type PythonApplication = {
  /** The module; the application in it is called `application`. */
  readonly module: string
  /** A path that it answers with 200 as soon as it can answer anything. */
  readonly readyPath: string
  readonly pythonPackages: readonly string[]
}

export const PLAIN: PythonApplication = { module: 'app', readyPath: '/1k', pythonPackages: [] }

export const FLASK: PythonApplication = {
  module: 'flask_app',
  readyPath: '/json',
  pythonPackages: ['flask'],
}

export const DJANGO: PythonApplication = {
  module: 'django_app',
  readyPath: '/json',
  pythonPackages: ['django'],
}

export const PYRAMID: PythonApplication = {
  module: 'pyramid_app',
  readyPath: '/json',
  pythonPackages: ['pyramid', 'pyramid_jinja2'],
}
