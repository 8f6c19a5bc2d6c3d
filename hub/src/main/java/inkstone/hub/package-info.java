/**
 * Models from elsewhere: fetched, checked, kept in a cache.
 *
 * <p>A {@link inkstone.hub.Source} says where a model comes from, a {@link inkstone.hub.Hub}
 * fetches it into a cache and finds it there again. Nothing but {@code pull} uses the network:
 *
 * <pre>{@code
 * var hub = Hub.of(Hub.usualCache(System.getenv()), System.getenv());
 * var source = Source.parse("hf:org/name");
 * Path model = hub.pull(source, event -> {});      // the network, once
 * Path again = hub.find(source).orElseThrow();     // the disk, ever after
 * }</pre>
 *
 * <p>This room knows files, names and checksums; what is in a model is for others.
 */
@NullMarked
package inkstone.hub;

import org.jspecify.annotations.NullMarked;
