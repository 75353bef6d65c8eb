// What `gantry init` has found out about a folder.

/** An application, as the command line names it. */
export interface FoundApplication {
  readonly application: string
  /** What it is and where that was seen: `Django, by WSGI_APPLICATION of shop/settings.py`. */
  readonly because: string
}

/** How the dependencies of a Python project are installed. */
export interface PythonDependencies {
  readonly tool: 'pip' | 'uv' | 'poetry' | 'pipenv' | 'none'
  /** The files that say which: relative, the first one counts most. */
  readonly files: readonly string[]
}

export interface Project {
  /** For units, images and users: letters, digits and hyphens. */
  readonly name: string
  /** Absolute. */
  readonly directory: string
  /** The most likely one first. */
  readonly applications: readonly FoundApplication[]
  readonly isScript: boolean
  readonly dependencies: PythonDependencies
  /** A virtual environment in the folder, where Gantry finds it by itself. */
  readonly environment: string | undefined
  /** What else is worth a word: each a sentence or two. */
  readonly notes: readonly string[]
}
