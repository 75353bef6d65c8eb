// The three frameworks' examples: how each is served, and where they differ (the second table of examples/ROUTES.md).

export type FrameworkName = 'flask' | 'django' | 'pyramid'

export interface Framework {
  readonly name: FrameworkName
  /** Its folder in examples/ is its working directory. */
  readonly application: string
  readonly validatedApplication: string
  readonly redirectAfterPost: 302 | 303
  readonly locationIsAbsolute: boolean
  readonly refusesForgedForms: 'no' | 403 | 400
  readonly statusOfWrongMethod: 405 | 404
  readonly errorPage: 'its own' | "the server's"
  readonly downloadKnowsRanges: boolean
}

export const FRAMEWORKS: Readonly<Record<FrameworkName, Framework>> = {
  flask: {
    name: 'flask',
    application: 'app:app',
    validatedApplication: 'validated_flask',
    redirectAfterPost: 303,
    locationIsAbsolute: false,
    refusesForgedForms: 'no',
    statusOfWrongMethod: 405,
    errorPage: 'its own',
    downloadKnowsRanges: true,
  },
  django: {
    name: 'django',
    application: 'mysite.wsgi:application',
    validatedApplication: 'validated_django',
    redirectAfterPost: 302,
    locationIsAbsolute: false,
    refusesForgedForms: 403,
    statusOfWrongMethod: 405,
    errorPage: 'its own',
    downloadKnowsRanges: false,
  },
  pyramid: {
    name: 'pyramid',
    application: 'app:create_app()',
    validatedApplication: 'validated_pyramid',
    redirectAfterPost: 303,
    locationIsAbsolute: true,
    refusesForgedForms: 400,
    statusOfWrongMethod: 404,
    errorPage: "the server's",
    downloadKnowsRanges: true,
  },
}
