package inkstone.hub;

import java.util.List;

/**
 * The files of a repository as they were at one moment.
 *
 * @param snapshot the commit, or where a service names none, a checksum of the list; the name of
 *     the folder in the cache
 * @param revision what to ask for when one of the files is fetched
 * @param files all files
 */
record Listing(String snapshot, String revision, List<RemoteFile> files) {}
