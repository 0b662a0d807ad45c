"""What prompt-lookup drafts would save: accepted tokens per forward pass of the decoder, by task.

    python -m benchmarks.drafts [--items 25] [--length 4]

The demo model answers greedily; afterwards the script counts how many tokens of a draft would have been accepted at
each position. The draft is what followed the previous occurrence of the last three, two or one tokens in the prompt or
the answer. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os

from demo_model.evaluate import held_out
from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.local import load_engine
from flanchat.engine.t5.tokenizer import open_tokenizer

TASKS = ("headline", "keywords", "passage_qa", "lists", "translate_de", "recipe", "sentiment", "small_talk")


def draft(ids: list[int], length: int) -> list[int]:
    """The tokens after the latest earlier occurrence of the last three, two or one of `ids`."""
    for size in (3, 2, 1):
        ending = ids[-size:]
        for at in range(len(ids) - size - 1, -1, -1):
            if ids[at : at + size] == ending:
                return ids[at + size : at + size + length]
    return []


def passes(prompt: list[int], answer: list[int], length: int) -> int:
    """Count the forward passes for an answer when each accepted token of a draft saves one."""
    done = count = 0
    while done < len(answer):
        right = 0
        for token_id in draft([*prompt, 0, *answer[:done]], length):
            if done + right >= len(answer) - 1 or token_id != answer[done + right]:
                break
            right += 1
        done += right + 1
        count += 1
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=25)
    parser.add_argument("--length", type=int, default=4, help="tokens in a draft")
    given = parser.parse_args()
    source = resolve(None, os.environ)
    engine, tokenizer = load_engine(source, environ=os.environ), open_tokenizer(preflight(source.folder).tokenizer)
    for task in TASKS:
        tokens = taken = 0
        for example in held_out(task, given.items):
            events = engine.stream([Request(example.input, Decoding(max_new_tokens=80))])
            answer = [t.id for event in events if isinstance(event, Delta) for t in event.tokens] + [1]
            tokens += len(answer)
            taken += passes(tokenizer.encode(example.input)[:-1], answer, given.length)
        print(json.dumps({"task": task, "tokens_a_pass": round(tokens / taken, 2)}))


if __name__ == "__main__":
    main()
