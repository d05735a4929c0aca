/** Messages that a server should not send, or not then. */

/** A typed message. */
export function message(letter: string, body: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(letter, 'latin1');
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

/** The head of a message that says it has so many bytes, and no body. */
export function headOf(letter: string, bodyBytes: number): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter, 'latin1');
  head.writeUInt32BE(bodyBytes + 4, 1);
  return head;
}

/** A request for authentication of that code; with the rest of its body. */
export function authentication(code: number, rest: Buffer | string = ''): Buffer {
  const number = Buffer.alloc(4);
  number.writeInt32BE(code);
  return message('R', Buffer.concat([number, Buffer.from(rest)]));
}

/** An error or notice that does not end with the zero that ends its fields. */
export function unterminated(letter: 'E' | 'N'): Buffer {
  return message(letter, 'SFATAL\0C57P01\0Mnever ends\0');
}

/** A row with one column. `bytes` is what it says its length is. */
export function row(value: Buffer | string, bytes = Buffer.from(value).length): Buffer {
  const head = Buffer.alloc(6);
  head.writeInt16BE(1, 0);
  head.writeInt32BE(bytes, 2);
  return message('D', Buffer.concat([head, Buffer.from(value)]));
}

/** A message that says it has a negative number of columns. */
export function negativeCount(letter: 'D' | 'T' | 't'): Buffer {
  return message(letter, Buffer.from([0xff, 0xfe]));
}

/** A fatal alert of TLS in clear text (RFC 8446, section 6). */
export function tlsAlert(description: number): Buffer {
  return Buffer.from([21, 3, 3, 0, 2, 2, description]);
}

/** The startup packet of protocol 3.0 with these parameters. */
export function startUp(parameters: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.from(`${Object.entries(parameters).flat().join('\0')}\0\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.writeUInt16BE(3, 4);
  return Buffer.concat([head, body]);
}
