"""The page's application over what lies on disk: databases, archive, health board."""

from collections.abc import Callable

from starlette.applications import Starlette

from plumbline.collector.alerting.engine.engine import database
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.views import inspecting
from plumbline.collector.alerting.views import web as alerts
from plumbline.collector.app.context import Context
from plumbline.collector.app.health_report import health, judging_faults, readings
from plumbline.collector.app.limit_listing import LimitView
from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.health.metrics import Metrics
from plumbline.collector.jobs.residual.view import ResidualView
from plumbline.collector.jobs.strong_motion.view import EpisodeView
from plumbline.collector.serving.web.app import application
from plumbline.collector.serving.web.limit_lines import drawn_limits_urad
from plumbline.collector.serving.web.sources import Sources
from plumbline.collector.serving.web.standing_history import StandingHistory
from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer


def page_application(
    context: Context, waves: WaveformBuffer, channels: ChannelWatch
) -> tuple[Starlette, Callable[[], None]]:
    """Return the page's application, and what closes its view of the alerting database."""
    settings, stores, now_ns = context.settings, context.stores, context.now_ns
    path = database(settings.data)
    store = AlertStore(path)
    secret = settings.web.password_file
    password = secret.read_text(encoding="utf-8").strip() if secret else None
    metrics = Metrics(lambda: readings(context.board, context.conditions, channels, now_ns()))
    history = StandingHistory(stores.events)
    sources = Sources(
        inventory=context.inventory,
        places=context.places,
        waves=waves,
        channels=channels,
        events=stores.events,
        episodes=EpisodeView(stores.events, stores.measures),
        movements=ResidualView(
            stores.events,
            stores.movements,
            {structure.code: structure for structure in context.inventory.structure},
            settings.data / "surveys",
        ),
        alerts=lambda: alerts.incident_reports(path, now_ns()),
        answered=lambda: alerts.answered_events(store),
        acknowledge=lambda code, by, address: alerts.acknowledge_incident(
            store, code, by, "web", now_ns(), source=f"web {address}"
        ),
        health=lambda: health(context.board, context.conditions, now_ns()),
        metrics=metrics.text,
        levels=LimitView(settings, stores.adoptions, stores.events_path).rows,
        limits_urad=drawn_limits_urad(settings.deformation),
        stale_after_s=settings.web.stale_after_s,
        standing=lambda code: inspecting.standing(path, code, history.of_structure(code)),
        faults=lambda now: judging_faults(context.board, context.conditions, now),
    )
    return application(sources, password=password, now_ns=now_ns), store.close
