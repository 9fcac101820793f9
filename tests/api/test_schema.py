"""schemathesis calls every operation as its description says, and as it does not; nothing may fail, and every answer must be as described.

Its own pytest plugin does not speak with the pytest of today (`'Function' object has no attribute '_nodeid'`), so its strategies are given to hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from ui.web.access import Access

_HERE = {"Host": "127.0.0.1"}


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "examples"), [(GenerationMode.POSITIVE, 15), (GenerationMode.NEGATIVE, 15)])
def test_every_operation_keeps_to_its_description(
    site: Callable[[Access | None], FastAPI], token: Callable[..., str], mode: GenerationMode, examples: int
) -> None:
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", site(Access(True)), headers=_HERE)
    headers = _HERE | {"Authorization": f"Bearer {token('ada')}"}
    wanted, called = set(), set()
    for found in described.get_all_operations():
        operation = found.ok()
        if mode.is_negative and not operation.query and not operation.body:
            continue  # a path is never wrong but by naming nothing

        wanted.add(operation.label)

        @settings(max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: schemathesis.Case) -> None:
            assert case.meta is not None
            head = case.meta.components.get(ParameterLocation.HEADER)
            assume(head is None or not head.mode.is_negative)  # the token is put back below; what happens without one is shown in test_api.py
            called.add(case.operation.label)
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])  # which fields filters may name only the library knows

        check()
    assert called == wanted
