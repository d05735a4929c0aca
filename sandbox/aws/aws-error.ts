/** An error that a stand-in answers as its service would. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** As the service sends it: `InvalidParameter`. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
