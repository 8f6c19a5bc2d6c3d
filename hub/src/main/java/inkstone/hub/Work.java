package inkstone.hub;

import inkstone.journal.Event;
import java.util.Map;
import java.util.function.Consumer;

/** What the work of one pull is done with. */
record Work(
    Cache cache,
    Snapshots snapshots,
    Http http,
    Downloader downloader,
    Retries retries,
    Consumer<Event> events,
    Map<String, String> environment) {}
