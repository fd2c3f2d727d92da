# A peer's side of a row: reads commands from stdin, a line each, and answers with a line each (see ../worker.mjs).

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

# Columns by name, as vectors of doubles.
read_columns <- function(folder) {
  index <- read.table(file.path(folder, "columns.txt"), col.names = c("name", "length"))
  connection <- file(file.path(folder, "columns.bin"), "rb")
  on.exit(close(connection))
  columns <- lapply(index$length, function(n) readBin(connection, "double", n, size = 8, endian = "little"))
  setNames(columns, index$name)
}

# A row is a function of columns that gives list(run, digest).
job <- NULL

prepare <- function(file, row, folder) {
  rows <- new.env()
  sys.source(file.path(here, paste0(file, ".R")), rows)
  job <<- get(row, rows)(read_columns(folder))
  c("answer", "", format(job$digest(job$run()), digits = 17, trim = TRUE))
}

repeated <- function(times, seconds) {
  started <- seconds()
  for (k in seq_len(as.integer(times))) job$run()
  c("ms", format(1000 * (seconds() - started), digits = 17))
}

time <- function(times) repeated(times, function() as.numeric(Sys.time()))
spend <- function(times) repeated(times, function() sum(proc.time()[c("user.self", "sys.self")]))

answer <- function(fields) {
  tryCatch(
    do.call(fields[1], as.list(fields[-1])),
    packageNotFoundError = function(error) c("missing", conditionMessage(error)),
    error = function(error) c("failed", gsub("\\s+", " ", conditionMessage(error)))
  )
}

say <- function(fields) {
  cat(paste(fields, collapse = "\t"), "\n", sep = "")
  flush(stdout())
}

say(c("ready", R.version.string))
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) > 0) say(answer(strsplit(line, "\t", fixed = TRUE)[[1]]))
