/** What `gantry dev` adds to its command line: all that is started for it reads that line again, and has the same defaults. */
export const DEVELOPMENT_FLAG = '--development'
