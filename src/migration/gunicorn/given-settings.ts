// What was said to gunicorn: by its configuration file, its command line and its environment, before anything is made of it.

/** A value, and where it stands: `gunicorn.conf.py:4`, `flag -w`, `variable GUNICORN_CMD_ARGS`. */
export interface GivenSetting {
  readonly name: string
  readonly value: unknown
  readonly place: string
  /** Whether code has worked it out, so that it may be another elsewhere. */
  readonly isComputed?: boolean
}

/** A function of the configuration file by the name of a hook. */
export interface GivenHook {
  readonly name: string
  readonly place: string
}

export interface GivenSettings {
  /** In gunicorn's order of precedence: the last of a name counts, but for lists of the command line. */
  readonly settings: readonly GivenSetting[]
  readonly hooks: readonly GivenHook[]
  /** What gunicorn itself would ignore or refuse, and what stands around it: each about something, with what to do. */
  readonly others: readonly { readonly about: string; readonly advice: string }[]
  /** The interpreter, where the command line shows which one it is. */
  readonly python?: string | undefined
  /** Variables in front of the command. */
  readonly variables: readonly string[]
}
