"""Settings of hypothesis for machines that are busy with other things."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("florilegium", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("florilegium")
