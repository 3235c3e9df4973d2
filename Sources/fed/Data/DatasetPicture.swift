import Datasets
import Learning
import Terminal

/// A data set for a terminal: where it comes from, its files with their checksums, its classes, some digits.
struct DatasetPicture {
    private let dataset: Dataset

    init(_ dataset: Dataset) {
        self.dataset = dataset
    }

    func lines(width: Int, style: TerminalStyle) -> [String] {
        var lines = [
            style.text(dataset.provenance.description, .bold),
            "SHA-256 over the four files: \(dataset.digest)", "",
        ]
        var files = Table([
            Table.Column("file", importance: 2), .number("examples", importance: 1), Table.Column("MD5", importance: 1),
            Table.Column("is MNIST's", importance: 1),
        ])
        for report in DatasetReport.files(of: dataset) {
            files.append([
                Table.Cell(report.name), Table.Cell(NumberFormat.count(report.examples)), Table.Cell(report.md5),
                report.isMNIST ? Table.Cell("yes", .green) : Table.Cell("no", .yellow),
            ])
        }
        lines += files.lines(width: width, style: style) + [""]

        var classes = Table(
            [Table.Column("class", importance: 1)]
                + (0..<dataset.train.classes).map { .number("\($0)") })
        for (name, examples) in [("train", dataset.train), ("test", dataset.test)] {
            classes.append([Table.Cell(name)] + examples.classCounts.map { Table.Cell(NumberFormat.count($0)) })
        }
        lines += classes.lines(width: width, style: style) + [""]
        return lines + art(width: width, style: style)
    }

    /// The first example of each class, as many side by side as there is room for.
    private func art(width: Int, style: TerminalStyle) -> [String] {
        let examples = (0..<dataset.train.classes).compactMap { label in
            dataset.train.labels.firstIndex { Int($0) == label }
        }
        let pictures = examples.map { ImageArt(dataset.train, example: $0).lines(style: style) }
        let gap = "  "
        let pictureWidth = (dataset.train.shape.width + 1) / 2
        let perRow = max(1, (width + gap.count) / (pictureWidth + gap.count))
        var lines: [String] = []
        for start in stride(from: 0, to: pictures.count, by: perRow) {
            let row = pictures[start..<min(start + perRow, pictures.count)]
            for line in 0..<(row.map(\.count).max() ?? 0) {
                lines.append(row.map { $0[line] }.joined(separator: gap))
            }
        }
        return lines
    }
}
