import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiLine, clip, commandText, plainLine, slackLine } from '../../lambda/report/untrusted-text.ts';
import { HOSTILE_TEXTS } from './fixtures.ts';
import { anyText } from './texts.ts';

const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;

describe('plainLine', () => {
  it('keeps ordinary names of any script when they are short', () => {
    const names = ['team payments', 'litellm@10.0.3.17', 'équipe Zürich', '日本語', 'a_b*c~d'];

    const lines = names.map((name) => plainLine(name));

    expect(lines).toEqual(names);
  });

  it('makes line breaks and terminal sequences harmless when text holds them', () => {
    expect(plainLine('a\r\n\tb\u2028c')).toBe('a b c');
    expect(plainLine('\u001B[31mred')).toBe('[31mred');
  });

  it('shows that something is hidden when characters are invisible or reorder text', () => {
    expect(plainLine('pro\u200Bd')).toBe('pro\uFFFDd');
    expect(plainLine('\u202Egnp.exe')).toBe('\uFFFDgnp.exe');
    expect(plainLine('half \uD83D')).toBe('half \uFFFD');
  });

  it('leaves no URL for a mail client to link when a name holds one', () => {
    expect(plainLine('log in at https://evil.example')).toBe('log in at https[:]//evil.example');
  });

  it('holds one safe line within the limit when the text is anything', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 80 }), (text, max) => {
        const line = plainLine(text, max);

        expect(line).not.toMatch(UNSAFE);
        expect(line).not.toContain('://');
        expect(line.length).toBeLessThanOrEqual(max);
      }),
    );
  });
});

describe('clip', () => {
  it('cuts between words when that costs little', () => {
    expect(clip('one two three four', 14)).toBe('one two...');
    expect(clip('x one-very-long-word', 12)).toBe('x one-ver...');
  });

  it('never leaves half a character when it cuts', () => {
    expect(clip('abc👩👩👩👩', 7)).toBe('abc...');
  });
});

describe('asciiLine', () => {
  it('finds a close ASCII form when there is one', () => {
    expect(asciiLine('Zürich – 2 × “a” → b', 60)).toBe('Zurich - 2 x "a" -> b');
  });

  it('holds printable ASCII within the limit when the text is anything', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 99 }), (text, max) => {
        const line = asciiLine(text, max);

        expect(line).toMatch(/^[ -~]*$/);
        expect(line.length).toBeLessThanOrEqual(max);
      }),
    );
  });
});

describe('commandText', () => {
  it('keeps a command of several lines as it is when it holds nothing hidden', () => {
    const command = "SELECT *\n  FROM t\n WHERE name = '<a> & `b` *c* https://x'";

    expect(commandText(command)).toBe(command);
  });

  it('shows hidden characters when a command holds them', () => {
    expect(commandText("SELECT 'a\u001B[31m\u200Bb';\r\n")).toBe("SELECT 'a\uFFFD[31m\uFFFDb';");
  });

  it('holds no control character but the line feed when the text is anything', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(commandText(text).replaceAll('\n', '')).not.toMatch(UNSAFE);
      }),
    );
  });
});

describe('slackLine', () => {
  it('keeps names readable when they hold nothing that formats', () => {
    expect(slackLine('litellm@10.0.3.17 in LiteLLM_Config', 99)).toBe('litellm@10.0.3.17 in LiteLLM_Config');
  });

  it('formats, links and mentions nothing when text tries to', () => {
    const lines = HOSTILE_TEXTS.map((text) => slackLine(text, 400)).join('\n');

    expect(lines).not.toMatch(/[<>*~`]/);
    expect(lines).not.toMatch(/(^|\s)[_@]|@(here|channel|everyone)|:\/\/|\]\(/i);
    expect(lines).not.toMatch(/&(?!amp;|lt;|gt;)/);
  });

  it.each(['mail@here.example', 'a.@channel', 'x@Everyone', '1@here'])(
    'mentions nobody inside a word either, as in %s',
    (text) => {
      expect(slackLine(text, 99)).toBe(text.replace('@', '\uFF20'));
    },
  );

  it('holds whole entities within the limit when the text is anything', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 10, max: 400 }), (text, max) => {
        const line = slackLine(text, max);

        expect(line.length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[<>*~`]|&(?!amp;|lt;|gt;)/);
      }),
    );
  });
});
